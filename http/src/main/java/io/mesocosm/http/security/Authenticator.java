package io.mesocosm.http.security;

import io.mesocosm.http.Request;
import io.mesocosm.model.access.Principal;

/** One way to find out who sends a request. Called on many threads at once. */
public interface Authenticator {
  /** What was found out. */
  sealed interface Result {
    record Known(Principal principal) implements Result {}

    /** The request shows nothing that this way could judge. */
    record Missing() implements Result {}

    /**
     * The request shows something that is wrong.
     *
     * @param reason without any secret, for a log line
     */
    record Wrong(String reason) implements Result {}
  }

  Result authenticate(Request request);

  /** How a client is asked to show itself, e.g. {@code Basic realm="mesos-master-readonly"}. */
  String challenge(String realm);
}
