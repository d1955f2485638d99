import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type VariantColorsResolver,
} from "@mantine/core";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import tabs from "./tabs.module.css";

const FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const MONOSPACE = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono", monospace';

const PANEL = { backgroundColor: "var(--gb-panel)" } as const;
const OVERLAY = { color: "var(--gb-backdrop)", backgroundOpacity: 1 } as const;
const FIELD = { size: "sm" } as const;

/** What is written on filled colours: Mantine knows one contrast for both schemes, the tokens one for each. */
const ON_FILLED: Record<string, string> = { indigo: "var(--gb-on-accent)", red: "var(--gb-on-bad)" };
const resolveVariant: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input);
  const onFilled = ON_FILLED[input.color ?? input.theme.primaryColor];
  return input.variant === "filled" && onFilled ? { ...colours, color: onFilled, hoverColor: onFilled } : colours;
};

/** Mantine, themed once: dense 13 px text, 10 px radius, hairlines instead of shadows, indigo for action. */
export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 4 },
  variantColorResolver: resolveVariant,
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: FONTS,
  fontFamilyMonospace: MONOSPACE,
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "6px", lg: "10px", xl: "16px" },
  fontSizes: { xs: "11px", sm: "13px", md: "13px", lg: "15px", xl: "18px" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.45", lg: "1.4", xl: "1.3" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "20px", xl: "28px" },
  shadows: { xs: "none", sm: "none", md: "none", lg: "none", xl: "none" },
  headings: { fontFamily: FONTS, fontWeight: "650" },
  components: {
    Button: Button.extend({
      defaultProps: { size: "xs" },
      vars: (_, { size }) => ({
        root: size === "xs" ? { "--button-height": "28px", "--button-fz": "13px", "--button-padding-x": "10px" } : {},
      }),
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray" } }),
    // Not by their `extend`, which would load the components themselves with every page.
    TextInput: { defaultProps: FIELD },
    PasswordInput: { defaultProps: FIELD },
    NumberInput: { defaultProps: FIELD },
    Select: { defaultProps: { ...FIELD, allowDeselect: false } },
    Textarea: { defaultProps: FIELD },
    // Room for the ring of the focus below the label.
    InputWrapper: { defaultProps: { inputWrapperOrder: HELP_BELOW }, styles: { label: { marginBottom: 3 } } },
    Modal: {
      defaultProps: { radius: "lg", centered: true, overlayProps: OVERLAY },
      styles: { content: PANEL, header: PANEL, title: { fontSize: 15, fontWeight: 650 } },
    },
    Drawer: { defaultProps: { overlayProps: OVERLAY }, styles: { content: PANEL, header: PANEL } },
    Menu: { defaultProps: { radius: "md", withinPortal: true } },
    Popover: { defaultProps: { radius: "md" } },
    Table: { defaultProps: { verticalSpacing: 0, horizontalSpacing: 8 } },
    Tabs: { classNames: tabs },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

const TOKENS = {
  "--mantine-color-body": "var(--gb-bg)",
  "--mantine-color-text": "var(--gb-ink)",
  "--mantine-color-dimmed": "var(--gb-mute)",
  "--mantine-color-placeholder": "var(--gb-mute)",
  "--mantine-color-anchor": "var(--gb-accent-ink)",
  "--mantine-color-default": "var(--gb-panel)",
  "--mantine-color-default-hover": "var(--gb-hover)",
  "--mantine-color-default-color": "var(--gb-ink)",
  "--mantine-color-default-border": "var(--gb-line)",
  "--mantine-color-error": "var(--gb-bad)",
  "--mantine-color-disabled": "var(--gb-off-soft)",
  "--mantine-color-disabled-color": "var(--gb-mute)",
  "--mantine-color-disabled-border": "var(--gb-line)",
  "--mantine-primary-color-contrast": "var(--gb-on-accent)",
  "--mantine-color-indigo-filled": "var(--gb-accent)",
  "--mantine-color-indigo-filled-hover": "var(--gb-accent-hover)",
  "--mantine-color-indigo-light": "var(--gb-accent-soft)",
  "--mantine-color-indigo-light-hover": "var(--gb-accent-soft)",
  "--mantine-color-indigo-light-color": "var(--gb-accent-ink)",
  "--mantine-color-indigo-outline": "var(--gb-accent)",
  "--mantine-color-gray-light": "var(--gb-off-soft)",
  "--mantine-color-gray-light-hover": "var(--gb-off-soft)",
  "--mantine-color-gray-light-color": "var(--gb-mute)",
  "--mantine-color-red-filled": "var(--gb-bad-fill)",
  "--mantine-color-red-filled-hover": "var(--gb-bad)",
  "--mantine-color-red-light": "var(--gb-bad-soft)",
  "--mantine-color-red-light-color": "var(--gb-bad)",
  "--mantine-color-red-outline": "var(--gb-bad)",
};

/** Mantine draws fields, menus and lines of the dark scheme with its own greys; these are ours in their places. */
const DARK_GREYS = {
  "--mantine-color-dark-0": "var(--gb-ink)",
  "--mantine-color-dark-1": "var(--gb-mute)",
  "--mantine-color-dark-2": "var(--gb-mute)",
  "--mantine-color-dark-3": "var(--gb-faint)",
  "--mantine-color-dark-4": "var(--gb-field-line)",
  "--mantine-color-dark-5": "var(--gb-off-soft)",
  "--mantine-color-dark-6": "var(--gb-panel)",
  "--mantine-color-dark-7": "var(--gb-panel)",
  "--mantine-color-dark-8": "var(--gb-bg)",
  "--mantine-color-dark-9": "var(--gb-bg)",
};

/** Lets every Mantine component draw with the tokens, so that light and dark come from one place. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: TOKENS,
  dark: { ...TOKENS, ...DARK_GREYS },
});
