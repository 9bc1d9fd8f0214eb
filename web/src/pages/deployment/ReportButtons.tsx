import { Button, CopyButton } from '@mantine/core';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';

/** A link to this page, and the page on paper. */
export function ReportButtons({ address }: { address: string }) {
  const t = useText().deployment;
  return (
    <>
      <CopyButton value={`${window.location.origin}${address}`}>
        {({ copied, copy }) => (
          <Button variant="default" leftSection={<Icon name={copied ? 'check' : 'link'} />} onClick={copy}>
            {copied ? t.linkCopied : t.copyLink}
          </Button>
        )}
      </CopyButton>
      <Button variant="default" onClick={() => window.print()} visibleFrom="sm">
        {t.print}
      </Button>
    </>
  );
}
