package io.mesocosm.http.security;

import io.mesocosm.http.Request;
import io.mesocosm.model.access.Credential;
import io.mesocosm.model.access.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** HTTP Basic (RFC 7617): the principal is the user's name (contracts/mesos-ha.md U5). */
public final class BasicAuthenticator implements Authenticator {
  private static final String SCHEME = "Basic";

  /** Compared with when there is no such user, so that this takes as long. */
  private static final byte[] NOBODYS_DIGEST = new byte[32];

  private final Map<String, byte[]> digestByPrincipal = new TreeMap<>();

  public BasicAuthenticator(List<Credential> credentials) {
    credentials.forEach(credential ->
        digestByPrincipal.put(
            credential.principal(), AuthorizationHeader.digest(credential.secret())));
  }

  @Override
  public Result authenticate(Request request) {
    Optional<String> encoded = AuthorizationHeader.of(request, SCHEME);
    if (encoded.isEmpty()) {
      return new Result.Missing();
    }
    String decoded;
    try {
      decoded = new String(Base64.getDecoder().decode(encoded.get()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return new Result.Wrong("the Basic credentials are not in base64");
    }
    int colon = decoded.indexOf(':');
    if (colon < 0) {
      return new Result.Wrong("the Basic credentials have no colon");
    }
    String name = decoded.substring(0, colon);
    byte[] shown = AuthorizationHeader.digest(decoded.substring(colon + 1));
    byte[] known = digestByPrincipal.getOrDefault(name, NOBODYS_DIGEST);
    return MessageDigest.isEqual(known, shown) && digestByPrincipal.containsKey(name)
        ? new Result.Known(Principal.of(name))
        : new Result.Wrong("no principal has that name and secret");
  }

  @Override
  public String challenge(String realm) {
    return SCHEME + " realm=\"" + realm + "\"";
  }
}
