"use client";
import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Dialog } from "#components/forms/dialog.tsx";
import classes from "./palette.module.css";
import { findPlaces, nextPlace, type Place } from "./places.ts";
import { usePlaces } from "./use-places.ts";

/** Leads to any page, pool or node by some letters of its name: arrows choose, Enter goes, Escape leaves. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useTranslations("palette");
  const router = useRouter();
  const listId = useId();
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const found = findPlaces(usePlaces(), search);
  const chosen = found[Math.min(at, found.length - 1)];
  const go = (place: Place | undefined) => {
    if (!place) return;
    onClose();
    router.push(place.href as Route);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    // While a word is being composed the keys are the input method's.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") go(chosen);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp")
      setAt(nextPlace(at, found.length, event.key === "ArrowDown" ? 1 : -1));
    else return;
    event.preventDefault();
  };
  const optionId = ({ key }: Place) => `${listId}-${key}`;
  return (
    <Dialog onClose={onClose} title={t("title")} size={520} centered={false} yOffset="12dvh">
      <TextInput
        mt={3}
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={chosen && optionId(chosen)}
        aria-label={t("search")}
        placeholder={t("search")}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div role="listbox" id={listId} aria-label={t("found")} className={classes.list}>
        {found.map((place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which has the focus
          <div
            key={place.key}
            id={optionId(place)}
            role="option"
            tabIndex={-1}
            aria-selected={place === chosen}
            className={classes.place}
            onClick={() => go(place)}
          >
            <span>{place.label}</span>
            <span className={classes.detail}>{place.detail}</span>
          </div>
        ))}
      </div>
      <p role="status" className={classes.none}>
        {found.length === 0 && t("none", { search })}
      </p>
    </Dialog>
  );
}
