import { useState } from "preact/hooks";
import { useAnswer, useListing } from "../api/hooks";
import type { ClusterEvent, Page, Topic } from "../api/types";
import { count } from "../format/number";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { Typed } from "../parts/typed";
import { When } from "../parts/when";

export function Events({ cluster }: { cluster: number }) {
  const [topic, setTopic] = useState("");
  const [text, setText] = useState("");
  const topics = useAnswer<Page<Topic>>(`/clusters/${cluster}/topics`, { clusters: [cluster] });
  const listing = useListing<ClusterEvent>(`/clusters/${cluster}/events`, {
    parameters: { topic, text },
    clusters: [cluster],
  });
  return (
    <>
      <search class="row body" aria-label="Filters of events">
        <select aria-label="Topic" value={topic} onChange={(event) => setTopic(event.currentTarget.value)}>
          <option value="">All topics</option>
          {topics.data?.items.map((one) => (
            <option key={one.topic} value={one.topic}>
              {one.topic} ({count(one.events)})
            </option>
          ))}
        </select>
        <Typed label="Text in events" placeholder="Topic or payload…" value={text} change={setText} />
      </search>
      <Answered asked={listing} what="events">
        {(data) => {
          const events = data.pages.flatMap((page) => page.items);
          if (events.length === 0) {
            return <Empty>{topic || text ? "No event matches." : "This cluster logged no events."}</Empty>;
          }
          return (
            <>
              <ul class="plain rows">
                {events.map((event) => (
                  <EventRow key={event.id} event={event} />
                ))}
              </ul>
              <More listing={listing} />
            </>
          );
        }}
      </Answered>
    </>
  );
}

function EventRow({ event }: { event: ClusterEvent }) {
  const [open, setOpen] = useState(false);
  const line = JSON.stringify(event.payload);
  return (
    <li>
      <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary class="event">
          <span class="muted">
            <When us={event.time_us} />
          </span>
          <strong>{event.topic}</strong>
          <span class="mono preview">{line}</span>
          {event.truncated && <span class="badge warn">truncated</span>}
        </summary>
        {open && <pre>{JSON.stringify(event.payload, null, 2)}</pre>}
        {open && event.truncated && <p class="muted small">The payload was too long to be kept whole.</p>}
      </details>
    </li>
  );
}
