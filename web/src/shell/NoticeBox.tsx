import '@mantine/notifications/styles.css';
import { Notifications } from '@mantine/notifications';

export function NoticeBox() {
  return <Notifications position="bottom-right" limit={3} />;
}
