import { Component, type ComponentChildren } from "preact";
import { isMissingPart, reloadOnce } from "./reload";

interface Props {
  place: string; // another one is tried afresh
  children: ComponentChildren;
}

// Tells of a page that failed, and leaves the rest as it is.
export class Boundary extends Component<Props, { failed: Error | null }> {
  override state = { failed: null as Error | null };

  override componentDidCatch(error: unknown) {
    const failed = error instanceof Error ? error : new Error(String(error));
    this.setState({ failed });
    if (isMissingPart(failed)) void reloadOnce();
  }

  override componentDidUpdate(before: Props) {
    if (before.place !== this.props.place && this.state.failed) this.setState({ failed: null });
  }

  override render() {
    const { failed } = this.state;
    if (!failed) return this.props.children;
    return (
      <div class="state failure" role="alert">
        <strong>{isMissingPart(failed) ? "A part of this page is missing" : "This page failed"}</strong>
        <p>
          {isMissingPart(failed)
            ? "The hub was upgraded, or cannot be reached. Loading the page again helps when it is there."
            : failed.message}
        </p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
  }
}
