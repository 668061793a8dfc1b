package io.mesocosm.http.security;

import io.mesocosm.http.Request;
import io.mesocosm.model.access.Credential;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.access.JsonWebToken;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Bearer tokens (RFC 6750): JSON Web Tokens, whose claims become the principal's, and whose {@code
 * sub}, if any, becomes its name (contracts/mesos-ha.md U6); and plain secrets from a file.
 */
public final class BearerAuthenticator implements Authenticator {
  private static final String SCHEME = "Bearer";

  private record Token(Principal principal, byte[] digest) {}

  private final Optional<JsonWebToken> webTokens;
  private final List<Token> tokens;
  private final InstantSource clock;

  /**
   * @param tokens whose secrets are the tokens
   */
  public BearerAuthenticator(
      Optional<JsonWebToken> webTokens, List<Credential> tokens, InstantSource clock) {
    this.webTokens = webTokens;
    this.tokens =
        tokens.stream()
            .map(token ->
                new Token(
                    Principal.of(token.principal()), AuthorizationHeader.digest(token.secret())))
            .toList();
    this.clock = clock;
  }

  @Override
  public Result authenticate(Request request) {
    Optional<String> shown = AuthorizationHeader.of(request, SCHEME);
    if (shown.isEmpty()) {
      return new Result.Missing();
    }
    byte[] digest = AuthorizationHeader.digest(shown.get());
    Optional<Principal> holder = Optional.empty();
    for (Token token : tokens) {
      // No early end, for how long it takes must not say which one it was.
      if (MessageDigest.isEqual(token.digest(), digest)) {
        holder = Optional.of(token.principal());
      }
    }
    if (holder.isPresent()) {
      return new Result.Known(holder.get());
    }
    return webTokens
        .map(known -> verify(known, shown.get()))
        .orElseGet(() -> new Result.Wrong("nobody has that token"));
  }

  private Result verify(JsonWebToken known, String token) {
    try {
      SortedMap<String, String> claims = known.verify(token, clock.instant());
      Optional<String> name = Optional.ofNullable(claims.get("sub"));
      return claims.isEmpty()
          ? new Result.Wrong("the token makes no claims")
          : new Result.Known(new Principal(name, claims));
    } catch (InvalidMessageException e) {
      return new Result.Wrong(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String challenge(String realm) {
    return SCHEME + " realm=\"" + realm + "\"";
  }
}
