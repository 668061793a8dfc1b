package io.mesocosm.http.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.ErrorBody;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.model.access.Credential;
import io.mesocosm.protocol.access.JsonWebToken;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final List<Credential> USERS =
      List.of(new Credential("alice", "wonder:land"), new Credential("bob", "b"));
  private static final JsonWebToken TOKENS =
      new JsonWebToken("a key that nobody guesses".getBytes(StandardCharsets.UTF_8));

  private final Router guarded =
      new Router()
          .filter(
              new AuthenticationFilter(
                  "the-realm",
                  List.of(new BasicAuthenticator(USERS)),
                  Set.of("/health"),
                  ErrorBody.TEXT))
          .route("GET", "/health", AuthenticationTest::who)
          .route("GET", "/state", AuthenticationTest::who);

  @Test
  void nameAndSecretLetIn() throws Exception {
    assertThat(text(guarded.handle(request("GET", "/state", basic("alice:wonder:land")))))
        .isEqualTo("200 alice");
    assertThat(text(guarded.handle(request("GET", "/state", basic("bob:b"))))).isEqualTo("200 bob");
    assertThat(
            text(
                guarded.handle(request("GET", "/state", basic("bob:b").replace("Basic", "bASIC")))))
        .isEqualTo("200 bob");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic YWxpY2U=", // alice, no colon
        "Basic YWxpY2U6", // alice, empty secret
        "Basic Om5vYm9keQ==",
        "Bearer YWxpY2U6d29uZGVyOmxhbmQ=",
        "Digest username=alice",
      })
  void othersAreToldHowToShowThemselves(String authorization) throws Exception {
    Response refused = guarded.handle(request("GET", "/state", authorization));

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.headers()).containsEntry("WWW-Authenticate", "Basic realm=\"the-realm\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice:wonder", "alice:b", "bob:wonder:land", "carol:", "carol:b", ":"})
  void wrongSecretsAreRefused(String pair) throws Exception {
    assertThat(guarded.handle(request("GET", "/state", basic(pair))).status()).isEqualTo(401);
  }

  @Test
  void unknownPathsAreNotToldToStrangers() throws Exception {
    assertThat(guarded.handle(request("GET", "/secret", "")).status()).isEqualTo(401);
    assertThat(guarded.handle(request("GET", "/secret", basic("bob:b"))).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"/health, 200", "//health/, 200", "/health/x, 401", "/healthy, 401", "/, 401"})
  void exemptPathIsOpenHoweverItIsSpelt(String path, int status) throws Exception {
    assertThat(guarded.handle(request("GET", path, "")).status()).isEqualTo(status);
  }

  @Test
  void tokenOfAFileIsItsPrincipal() {
    Authenticator bearer =
        new BearerAuthenticator(
            Optional.empty(), List.of(new Credential("ci", "t-1"), USERS.get(0)), CLOCK);

    assertThat(who(bearer, "Bearer t-1")).isEqualTo("ci");
    assertThat(who(bearer, "Bearer t-2")).isEqualTo("wrong: nobody has that token");
    assertThat(who(bearer, basic("ci:t-1"))).isEqualTo("missing");
  }

  @Test
  void claimsOfAWebTokenBecomeThePrincipals() {
    Authenticator bearer = new BearerAuthenticator(Optional.of(TOKENS), List.of(), CLOCK);
    SortedMap<String, String> claims = new TreeMap<>(Map.of("fid", "f", "cid", "c"));

    assertThat(who(bearer, "Bearer " + TOKENS.issue(claims, Optional.empty())))
        .isEqualTo("with claims {cid=c, fid=f}");
    claims.put("sub", "alice");
    assertThat(who(bearer, "Bearer " + TOKENS.issue(claims, Optional.empty()))).isEqualTo("alice");
    assertThat(who(bearer, "Bearer " + TOKENS.issue(claims, Optional.of(NOW))))
        .isEqualTo("wrong: the token has expired");
    assertThat(who(bearer, "Bearer x.y.z")).startsWith("wrong: ");
  }

  @ParameterizedTest(name = "{0} {1} of a master is in realm {2}")
  @CsvSource({
    "POST, /api/v1/scheduler, mesos-master-scheduler",
    "POST, /master/api/v1/scheduler, mesos-master-scheduler",
    "POST, //api//v1/scheduler/, mesos-master-scheduler",
    "GET,  /api/v1/scheduler, mesos-master-scheduler",
    "POST, /api/v1/agent-link, mesos-master-agent",
    "POST, /api/v1, mesos-master-readwrite",
    "GET,  /api/v1, mesos-master-readwrite",
    "POST, /teardown, mesos-master-readwrite",
    "DELETE, /quota/dev, mesos-master-readwrite",
    "GET,  /logging/toggle, mesos-master-readwrite",
    "GET,  /state, mesos-master-readonly",
    "GET,  /master/state, mesos-master-readonly",
    "GET,  /metrics/snapshot, mesos-master-readonly",
    "GET,  /files/read, mesos-master-readonly",
    "GET,  /flags, mesos-master-readonly",
    "GET,  /, mesos-master-readonly",
    "GET,  /health, none",
    "GET,  /master/health, none",
    "GET,  /version, none",
    "GET,  /master/redirect, none",
  })
  void endpointOfAMasterIsInItsRealm(String method, String path, String realm) {
    assertThat(
            Realms.master(SecurityOptions.none(), CLOCK)
                .apply(request(method, path, ""))
                .map(Realm::name)
                .orElse("none"))
        .isEqualTo(realm);
  }

  @ParameterizedTest(name = "{0} {1} of an agent is in realm {2}")
  @CsvSource({
    "POST, /api/v1/executor, mesos-agent-executor",
    "POST, /slave(1)/api/v1/executor, mesos-agent-executor",
    "POST, /slave(1)//api/v1/executor, mesos-agent-executor",
    "POST, /api/v1, mesos-agent-readwrite",
    "GET,  /slave(1)/state, mesos-agent-readonly",
    "GET,  /files/read, mesos-agent-readonly",
    "GET,  /slave(1)/health, none",
  })
  void endpointOfAnAgentIsInItsRealm(String method, String path, String realm) {
    assertThat(
            Realms.agent(SecurityOptions.none(), CLOCK)
                .apply(request(method, path, ""))
                .map(Realm::name)
                .orElse("none"))
        .isEqualTo(realm);
  }

  @Test
  void claimsWithoutANameAreForbiddenWhereANameIsNeeded() throws Exception {
    Realm realm =
        new Realm(
            "mesos-master-scheduler",
            true,
            true,
            List.of(new BearerAuthenticator(Optional.of(TOKENS), List.of(), CLOCK)));
    AuthenticationFilter filter = new AuthenticationFilter(_ -> Optional.of(realm), ErrorBody.TEXT);
    String token = TOKENS.issue(new TreeMap<>(Map.of("fid", "f")), Optional.empty());

    assertThat(
            filter
                .apply(
                    request("POST", "/api/v1/scheduler", "Bearer " + token),
                    AuthenticationTest::who)
                .status())
        .isEqualTo(403);
  }

  @Test
  void credentialsThatAreNotWantedAreStillLookedAt() throws Exception {
    Realm open = new Realm("r", false, false, List.of(new BasicAuthenticator(USERS)));
    AuthenticationFilter filter = new AuthenticationFilter(_ -> Optional.of(open), ErrorBody.TEXT);

    assertThat(text(filter.apply(request("GET", "/", ""), AuthenticationTest::who)))
        .isEqualTo("200 nobody");
    assertThat(text(filter.apply(request("GET", "/", basic("bob:b")), AuthenticationTest::who)))
        .isEqualTo("200 bob");
    assertThat(filter.apply(request("GET", "/", basic("bob:x")), AuthenticationTest::who).status())
        .isEqualTo(401);
  }

  @Test
  void allWaysOfShowingOneselfAreOffered() throws Exception {
    Realm realm =
        new Realm(
            "r",
            true,
            false,
            List.of(
                new BasicAuthenticator(USERS),
                new BearerAuthenticator(Optional.of(TOKENS), List.of(), CLOCK)));
    AuthenticationFilter filter = new AuthenticationFilter(_ -> Optional.of(realm), ErrorBody.TEXT);

    assertThat(filter.apply(request("GET", "/", ""), AuthenticationTest::who).headers())
        .containsEntry("WWW-Authenticate", "Basic realm=\"r\", Bearer realm=\"r\"");
  }

  private static Response who(Request request) {
    return Response.text(
        200, request.principal().flatMap(principal -> principal.value()).orElse("nobody"));
  }

  private static String who(Authenticator authenticator, String authorization) {
    return switch (authenticator.authenticate(request("GET", "/", authorization))) {
      case Authenticator.Result.Known known -> known.principal().toString();
      case Authenticator.Result.Missing _ -> "missing";
      case Authenticator.Result.Wrong wrong -> "wrong: " + wrong.reason();
    };
  }

  private static String text(Response response) {
    return response.status()
        + " "
        + new String(((Response.Whole) response).body(), StandardCharsets.UTF_8);
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static Request request(String method, String path, String authorization) {
    SortedMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (!authorization.isEmpty()) {
      headers.put("authorization", List.of(authorization));
    }
    return new Request(
        method,
        path,
        Map.of(),
        headers,
        Map.of(),
        new byte[0],
        InetSocketAddress.createUnresolved("client", 1));
  }
}
