import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import { editorTheme } from '~/parts/editor-theme';

interface Props {
  label: string;
  text: string;
  language: 'json' | 'yaml';
  /** Where something is wrong: offsets into the text. */
  marks: readonly number[];
  /** Where to go, if anywhere: a new object each time. */
  goTo: { at: number } | undefined;
  onChange: (text: string) => void;
}

const setMarks = StateEffect.define<readonly number[]>();
const wrongLine = Decoration.line({ attributes: { style: 'background: light-dark(#fbeaea, #3a1d1f); box-shadow: inset 3px 0 0 var(--state-bad)' } });

const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    let next = decorations.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const { doc } = transaction.state;
      const lines = [...new Set(effect.value.map((at) => doc.lineAt(Math.min(at, doc.length)).from))].sort((a, b) => a - b);
      next = Decoration.set(lines.map((from) => wrongLine.range(from)));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** A text in an editor; lines with something wrong are marked. What is typed comes out as it is. */
export function TextEditor({ label, text, language, marks, goTo, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const say = useRef(onChange);
  const first = useRef(text);
  useEffect(() => {
    say.current = onChange;
  }, [onChange]);
  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      doc: first.current,
      extensions: [
        basicSetup,
        language === 'json' ? json() : yaml(),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        marked,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) say.current(update.state.doc.toString());
        }),
        editorTheme,
        EditorView.theme({ '&': { maxHeight: '62vh' }, '.cm-scroller': { overflow: 'auto' } }),
      ],
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [language, label]);
  useEffect(() => {
    first.current = text;
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== text) editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of(marks) });
  }, [marks, text]);
  useEffect(() => {
    if (!goTo || !view.current) return;
    const at = Math.min(goTo.at, view.current.state.doc.length);
    view.current.dispatch({ selection: { anchor: at }, scrollIntoView: true });
    view.current.focus();
  }, [goTo]);
  return <div ref={place} />;
}
