/** Help stands below its input, so that the inputs of a row stand in line however long their help is: the theme's order of all fields. */
export const HELP_BELOW: ("label" | "input" | "error" | "description")[] = ["label", "input", "error", "description"];
