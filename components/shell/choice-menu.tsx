"use client";
import { Button } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { LazyMenu } from "#components/forms/lazy-menu.tsx";
import classes from "./choice-menu.module.css";

type Choice<T extends string> = { value: T; label: string };
type Props<T extends string> = {
  /** Name of what is chosen, for screen readers. */
  label: string;
  /** What the button shows: the present choice. */
  children: React.ReactNode;
  value: T;
  choices: readonly Choice<T>[];
  onChoose: (value: T) => void;
};

/** A button that shows the present choice and opens a menu of all of them. */
export function ChoiceMenu<T extends string>({ label, children, value, choices, onChoose }: Props<T>) {
  return (
    <LazyMenu
      target={
        <Button
          variant="default"
          className={classes.button}
          rightSection={<IconChevronDown size={12} stroke={1.8} aria-hidden="true" />}
        >
          <span className={classes.hidden}>{label}: </span>
          {children}
        </Button>
      }
    >
      {(Menu) => (
        <>
          <Menu.Label>{label}</Menu.Label>
          <Menu.RadioGroup
            value={value}
            onChange={(chosen) => {
              const choice = choices.find((known) => known.value === chosen);
              if (choice) onChoose(choice.value);
            }}
          >
            {choices.map((choice) => (
              <Menu.RadioItem key={choice.value} value={choice.value} closeMenuOnClick>
                {choice.label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </>
      )}
    </LazyMenu>
  );
}
