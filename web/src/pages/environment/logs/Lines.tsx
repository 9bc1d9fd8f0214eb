import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import { useFormat, useLanguage, useText } from '~/text/text';
import { pieces } from './ansi';
import classes from './Lines.module.css';
import type { LogLine } from './log-store';
import { clockOf } from './wall';

interface Props {
  lines: readonly LogLine[];
  wrap: boolean;
  /** The cursor of a line that is linked to. */
  linked: string | undefined;
  paused: boolean;
  onPause: (paused: boolean) => void;
  onLink: (cursor: string) => void;
}

const height = 24;

/** Lines, however many: only those that are seen are there. Who scrolls up reads, so it pauses; at the end it goes on. */
export function Lines({ lines, wrap, linked, paused, onPause, onLink }: Props) {
  const t = useText().environment.logs;
  const scroller = useRef<HTMLDivElement>(null);
  const shownLink = useRef<string>(undefined);
  const lastTop = useRef(0);
  // eslint-disable-next-line react-hooks/incompatible-library -- the compiler skips this component, which is what we want
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (i) => lines[i]?.cursor ?? i,
    overscan: 20,
    initialRect: { width: 800, height: 600 },
  });

  useLayoutEffect(() => {
    if (!paused && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [lines, paused, virtual, wrap]);

  useEffect(() => {
    if (linked === undefined || shownLink.current === linked) return undefined;
    const at = lines.findIndex(({ cursor }) => cursor === linked);
    if (at < 0) return undefined;
    // Once the lines are laid out: before, there is nowhere to scroll to.
    const frame = requestAnimationFrame(() => {
      shownLink.current = linked;
      virtual.scrollToIndex(at, { align: 'center' });
    });
    return () => cancelAnimationFrame(frame);
  }, [lines, linked, virtual]);

  const atEnd = () => {
    const element = scroller.current;
    return element !== null && element.scrollHeight - element.scrollTop - element.clientHeight < height * 2;
  };
  return (
    // Scrolled by keys too, so it takes the focus; who scrolls by wheel, finger or keys reads.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- as above
    <div
      ref={scroller}
      className={classes.scroller}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={t.title}
      data-wrap={wrap}
      onWheel={(event) => {
        if (event.deltaY < 0) onPause(true);
      }}
      onTouchMove={() => {
        if (!atEnd()) onPause(true);
      }}
      onKeyDown={({ key }) => {
        if (['ArrowUp', 'PageUp', 'Home'].includes(key)) onPause(true);
      }}
      onScroll={({ currentTarget: { scrollTop } }) => {
        const down = scrollTop > lastTop.current;
        lastTop.current = scrollTop;
        if (linked === undefined && paused && down && atEnd()) onPause(false);
      }}
    >
      <div className={classes.lines} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index];
          if (!line) return null;
          return (
            <div key={key} data-index={index} ref={wrap ? virtual.measureElement : undefined} className={classes.place} style={{ transform: `translateY(${start}px)`, ...(wrap ? {} : { height }) }}>
              <Line line={line} linked={line.cursor === linked} onLink={onLink} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const bad = /"level":"(error|fatal|panic)"|\b(ERROR|FATAL|PANIC)\b|level=(error|fatal)/i;

const Line = memo(function Line({ line, linked, onLink }: { line: LogLine; linked: boolean; onLink: (cursor: string) => void }) {
  const t = useText().environment.logs;
  const f = useFormat();
  const clock = clockOf(line.at, useLanguage().zone);
  return (
    <div className={classes.line} aria-current={linked ? 'true' : undefined} data-linked={linked} data-bad={bad.test(line.text)}>
      <button type="button" className={classes.time} title={t.link(f.exact(line.at))} aria-label={`${clock}: ${t.link(f.exact(line.at))}`} onClick={() => onLink(line.cursor)}>
        {clock}
      </button>
      <span className={classes.instance} title={line.instance}>
        {short(line)}
      </span>
      <span className={classes.text}>
        {pieces(line.text).map((piece, i) => (
          <span key={i} data-color={piece.color} data-bold={piece.bold}>
            {piece.text}
          </span>
        ))}
        {line.cut !== undefined && line.cut > 0 && <em> {t.cut(f.bytes(line.cut))}</em>}
      </span>
    </div>
  );
});

/** An instance's name without most of its revision's hash: "backend 1ee3-0". */
function short({ instance }: LogLine): string {
  return instance.replace(/-([0-9a-f]{4})[0-9a-f]{4,}-(\d+)$/, ' $1-$2');
}
