// Follows a feed with npm's eventsource: the address and the key are its arguments. Prints one JSON line for each event.
import { EventSource } from "eventsource";

const [address, key] = process.argv.slice(2);
const source = new EventSource(address, { fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${key}` } }) });
source.onmessage = message => console.log(JSON.stringify({ position: message.lastEventId, id: JSON.parse(message.data).id }));
