package io.mesocosm.http.security;

import static java.lang.System.Logger.Level.INFO;

import io.mesocosm.http.ErrorBody;
import io.mesocosm.http.Filter;
import io.mesocosm.http.Handler;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.model.access.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Lets requests through that say who sends them, with the principal put in; answers the others 401
 * and how to do better (contracts/mesos-ha.md U4). Put it outermost, so that nobody unknown learns
 * what paths there are.
 */
public final class AuthenticationFilter implements Filter {
  private static final System.Logger LOG = System.getLogger(AuthenticationFilter.class.getName());

  private final Function<Request, Optional<Realm>> realms;
  private final ErrorBody errorBody;

  /**
   * @param realms which one guards a request; empty for those that anyone may send
   * @param errorBody words the 401 and 403
   */
  public AuthenticationFilter(Function<Request, Optional<Realm>> realms, ErrorBody errorBody) {
    this.realms = realms;
    this.errorBody = errorBody;
  }

  /**
   * One realm for all paths but some.
   *
   * @param exemptPaths e.g. {@code /health}, open to anyone
   */
  public AuthenticationFilter(
      String realm,
      List<Authenticator> authenticators,
      Set<String> exemptPaths,
      ErrorBody errorBody) {
    this(guardAllBut(exemptPaths, new Realm(realm, true, false, authenticators)), errorBody);
  }

  private static Function<Request, Optional<Realm>> guardAllBut(Set<String> paths, Realm realm) {
    return request ->
        paths.contains(Realms.normal(request.path())) ? Optional.empty() : Optional.of(realm);
  }

  @Override
  public Response apply(Request request, Handler next) throws Exception {
    Optional<Realm> realm = realms.apply(request);
    if (realm.isEmpty() || realm.get().authenticators().isEmpty()) {
      return next.handle(request);
    }
    Optional<String> wrong = Optional.empty();
    for (Authenticator authenticator : realm.get().authenticators()) {
      switch (authenticator.authenticate(request)) {
        case Authenticator.Result.Known(Principal principal) -> {
          return admit(request, principal, realm.get(), next);
        }
        case Authenticator.Result.Wrong(String reason) -> wrong = Optional.of(reason);
        case Authenticator.Result.Missing _ -> {
          // The next one may find something.
        }
      }
    }
    if (wrong.isEmpty() && !realm.get().required()) {
      return next.handle(request);
    }
    wrong.ifPresent(reason ->
        LOG.log(
            INFO,
            "{0} from {1} is refused: {2}",
            request.path().replaceAll("\\p{Cntrl}", "?"),
            request.remote(),
            reason));
    return refuse(
        realm.get(),
        wrong.isPresent()
            ? " does not take the credentials that you sent: check the principal and its secret, or"
                + " the token"
            : " wants to know who you are: send credentials");
  }

  private Response admit(Request request, Principal principal, Realm realm, Handler next)
      throws Exception {
    return realm.named() && principal.value().isEmpty()
        ? errorBody.of(403, "The authenticated principal has claims, but no value string")
        : next.handle(request.from(principal));
  }

  private Response refuse(Realm realm, String text) {
    String challenges =
        realm.authenticators().stream()
            .map(authenticator -> authenticator.challenge(realm.name()))
            .distinct()
            .collect(Collectors.joining(", "));
    return errorBody
        .of(401, "realm " + realm.name() + text)
        .withHeader("WWW-Authenticate", challenges);
  }
}
