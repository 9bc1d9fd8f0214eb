export function ConfigurationTab({ environment }: { environment: string }) {
  return <p>{environment}</p>;
}
