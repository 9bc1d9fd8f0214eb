import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = ['#e8f6f7', '#d0ebee', '#a1d7dc', '#6fc2c9', '#48afb9', '#2f9ca7', '#228692', '#1b707b', '#175e67', '#114a52'];
const dark: MantineColorsTuple = ['#d5d7dd', '#b4b8c2', '#979dab', '#6b7180', '#3d424e', '#323741', '#22262e', '#181b20', '#13151a', '#0d0f13'];

/** One accent colour, system fonts, a 4 px grid, borders instead of shadows. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 7,
  colors: { accent, dark },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  lineHeights: { xs: '1.4', sm: '1.4', md: '1.45', lg: '1.45', xl: '1.4' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'md',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '18px', lineHeight: '1.35' },
      h2: { fontSize: '15px', lineHeight: '1.4' },
      h3: { fontSize: '14px', lineHeight: '1.45' },
      h4: { fontSize: '13px', lineHeight: '1.45' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Card: { defaultProps: { withBorder: true, shadow: 'none', padding: 'md' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: true } } },
    Modal: { defaultProps: { centered: false, yOffset: '8vh', transitionProps: { duration: 100 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 } } },
  },
});

/** Where the library's own colours are too pale to read (WCAG AA), ours; and the colours of states. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5a616d',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#c22b2b',
    '--mantine-color-red-outline': '#c22b2b',
    '--mantine-color-red-filled': '#c22b2b',
    '--mantine-color-red-filled-hover': '#a82424',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-default-border': '#d9dde3',
    '--mantine-color-anchor': '#1b707b',
    '--surface': '#f6f7f9',
    '--state-ok': '#1f7a3d',
    '--state-warn': '#8f5a00',
    '--state-bad': '#c22b2b',
    '--state-busy': '#1c5fb3',
    '--state-idle': '#5a616d',
  },
  dark: {
    '--mantine-color-dimmed': '#979dab',
    '--mantine-color-placeholder': '#8b91a0',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-default-border': '#343945',
    '--mantine-color-anchor': '#6fc2c9',
    '--surface': '#13151a',
    '--state-ok': '#56c07d',
    '--state-warn': '#e5a94b',
    '--state-bad': '#ff8787',
    '--state-busy': '#7db4f5',
    '--state-idle': '#979dab',
  },
});
