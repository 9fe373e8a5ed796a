/** Whether this process runs in a pod of Kubernetes, which gives every container this variable. */
export function isInPod(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return (environment.KUBERNETES_SERVICE_HOST ?? '') !== '';
}
