/**
 * What happens, for those who listen: the event stream of the API (contracts/marathon-api.md §8)
 * and alerts to a web hook. The event loop and HTTP threads publish, which never blocks; one thread
 * for all streams and one for the alerts do the rest.
 */
@NullMarked
package io.mesocosm.services.event;

import org.jspecify.annotations.NullMarked;
