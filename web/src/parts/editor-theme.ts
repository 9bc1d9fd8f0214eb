import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Editors look like the page they are in, in both schemes. */
export const editorTheme = [
  EditorView.theme({
    '&': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)', border: '1px solid var(--mantine-color-default-border)', borderRadius: '6px', fontSize: '13px' },
    '&.cm-focused': { outline: '2px solid var(--mantine-color-anchor)', outlineOffset: '1px' },
    '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.5' },
    '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--mantine-color-dimmed)', border: 'none' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--mantine-color-default-hover)' },
    '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
    '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'light-dark(#cfe6e9, #1d4b52) !important' },
    '.cm-collapsedLines': { background: 'var(--surface)', color: 'var(--mantine-color-dimmed)' },
    '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'light-dark(#e6f4ea, #16301f) !important' },
    '.cm-deletedChunk': { backgroundColor: 'light-dark(#fbeaea, #3a1d1f) !important' },
    '.cm-deletedChunk .cm-deletedText': { background: 'light-dark(#f3c6c6, #6d2f33)' },
    '.cm-changedText': { background: 'light-dark(#bfe3ca, #25613a) !important' },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'light-dark(#175e67, #6fc2c9)' },
      { tag: tags.string, color: 'light-dark(#7a4a00, #e5b567)' },
      { tag: [tags.number, tags.bool, tags.null], color: 'light-dark(#1c5fb3, #7db4f5)' },
      { tag: tags.comment, color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
    ]),
  ),
];
