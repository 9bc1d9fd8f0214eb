import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { useText } from '~/text/text';
import type { DiffProps } from './Diff';
import { editorTheme } from './editor-theme';

export function MergeView({ before, after, language = 'yaml' }: DiffProps) {
  const t = useText().parts.diff;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const view = new EditorView({
      parent: place.current,
      doc: after,
      extensions: [
        lineNumbers(),
        language === 'json' ? json() : yaml(),
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': t.title, tabindex: '0' }),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
        editorTheme,
      ],
    });
    return () => view.destroy();
  }, [before, after, language, t.title]);
  return <div ref={place} />;
}
