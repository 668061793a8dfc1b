package io.mesocosm.http.security;

import io.mesocosm.http.tls.Tls;
import io.mesocosm.model.access.AccessList;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.access.Credential;
import io.mesocosm.protocol.access.JsonWebToken;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a role's flags say of access; {@link SecurityFlags} says what each part means. No secret is
 * in its text form.
 *
 * @param credentials of those who may use the API, by HTTP Basic
 * @param ownCredential what an agent shows its master
 * @param webTokens of the API
 * @param executorTokens issues and verifies the tokens of executors
 * @param unguarded the flags that would have to be on or given so that nobody unknown can do
 *     anything
 */
public record SecurityOptions(
    boolean authenticateReadOnly,
    boolean authenticateReadWrite,
    boolean authenticateFrameworks,
    boolean authenticateAgents,
    boolean authenticateExecutors,
    List<Credential> credentials,
    Optional<Credential> ownCredential,
    List<Credential> bearerTokens,
    Optional<JsonWebToken> webTokens,
    Optional<JsonWebToken> executorTokens,
    Optional<AccessList> accessList,
    Optional<Tls.Files> tlsFiles,
    Optional<Path> tlsAuthorities,
    boolean insecure,
    List<String> unguarded) {
  public SecurityOptions {
    credentials = List.copyOf(credentials);
    bearerTokens = List.copyOf(bearerTokens);
    unguarded = List.copyOf(unguarded);
  }

  /** Nothing is guarded: for roles inside one process on the loopback, and for tests. */
  public static SecurityOptions none() {
    return new SecurityOptions(
        false,
        false,
        false,
        false,
        false,
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        List.of("authentication"));
  }

  /**
   * @param flags parsed with {@link SecurityFlags#MASTER} among them
   * @throws IllegalArgumentException in one line, if flags contradict each other
   */
  public static SecurityOptions master(Flags flags) {
    return from(
        flags,
        SecurityFlags.CREDENTIALS,
        List.of(
            SecurityFlags.AUTHENTICATE_HTTP_READONLY,
            SecurityFlags.AUTHENTICATE_HTTP_READWRITE,
            SecurityFlags.AUTHENTICATE_HTTP_FRAMEWORKS,
            SecurityFlags.AUTHENTICATE_AGENTS));
  }

  /**
   * @param flags parsed with {@link SecurityFlags#AGENT} among them
   * @throws IllegalArgumentException in one line, if flags contradict each other
   */
  public static SecurityOptions agent(Flags flags) {
    SecurityOptions options =
        from(
            flags,
            SecurityFlags.HTTP_CREDENTIALS,
            List.of(
                SecurityFlags.AUTHENTICATE_HTTP_READONLY,
                SecurityFlags.AUTHENTICATE_HTTP_READWRITE,
                SecurityFlags.AUTHENTICATE_HTTP_EXECUTORS));
    if (options.authenticateExecutors() && options.executorTokens().isEmpty()) {
      throw new IllegalArgumentException(
          "--authenticate_http_executors needs --executor_secret_key");
    }
    return options;
  }

  /**
   * A role whose authentication is its own matter.
   *
   * @param flags parsed with {@link SecurityFlags#OTHERS} among them
   * @param unguarded the flags that are missing for its API to be guarded; empty if it is
   * @throws IllegalArgumentException in one line, if flags contradict each other
   */
  public static SecurityOptions other(Flags flags, List<String> unguarded) {
    SecurityOptions common = from(flags, SecurityFlags.CREDENTIALS, List.of());
    return new SecurityOptions(
        false,
        false,
        false,
        false,
        false,
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        common.tlsFiles(),
        common.tlsAuthorities(),
        common.insecure(),
        unguarded);
  }

  private static SecurityOptions from(
      Flags flags, Flag<List<Credential>> credentials, List<Flag<Boolean>> switches) {
    List<Credential> basic = flags.find(credentials).orElse(List.of());
    List<Credential> tokens = flags.find(SecurityFlags.BEARER_TOKENS).orElse(List.of());
    Optional<JsonWebToken> webTokens = flags.find(SecurityFlags.JWT_SECRET_KEY);
    boolean canAuthenticate = !basic.isEmpty() || !tokens.isEmpty() || webTokens.isPresent();
    List<String> off = new ArrayList<>();
    for (Flag<Boolean> needed : switches) {
      if (!flags.get(needed)) {
        off.add(needed.name());
      } else if (!canAuthenticate && !needed.equals(SecurityFlags.AUTHENTICATE_HTTP_EXECUTORS)) {
        throw new IllegalArgumentException(
            "--"
                + needed.name()
                + " needs someone to let in: give --"
                + credentials.name()
                + ", --bearer_tokens or --jwt_secret_key");
      }
    }
    return new SecurityOptions(
        isOn(flags, SecurityFlags.AUTHENTICATE_HTTP_READONLY),
        isOn(flags, SecurityFlags.AUTHENTICATE_HTTP_READWRITE),
        isOn(flags, SecurityFlags.AUTHENTICATE_HTTP_FRAMEWORKS),
        isOn(flags, SecurityFlags.AUTHENTICATE_AGENTS),
        isOn(flags, SecurityFlags.AUTHENTICATE_HTTP_EXECUTORS),
        basic,
        flags.find(SecurityFlags.CREDENTIAL),
        tokens,
        webTokens,
        flags.find(SecurityFlags.EXECUTOR_SECRET_KEY),
        flags.find(SecurityFlags.ACLS),
        tlsFiles(flags),
        flags.find(SecurityFlags.TLS_CA),
        flags.get(SecurityFlags.INSECURE),
        off);
  }

  /** A flag that the role does not have is off. */
  private static boolean isOn(Flags flags, Flag<Boolean> flag) {
    return flags.find(flag).orElse(false);
  }

  private static Optional<Tls.Files> tlsFiles(Flags flags) {
    Optional<Path> certificate = flags.find(SecurityFlags.TLS_CERTIFICATE);
    Optional<Path> key = flags.find(SecurityFlags.TLS_KEY);
    Optional<Path> authorities = flags.find(SecurityFlags.TLS_CA);
    boolean verify = flags.get(SecurityFlags.TLS_VERIFY_CLIENTS);
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          "--tls_certificate and --tls_key belong together: give both or none");
    }
    if (verify && (authorities.isEmpty() || certificate.isEmpty())) {
      throw new IllegalArgumentException(
          "--tls_verify_clients needs --tls_ca, --tls_certificate and --tls_key");
    }
    return certificate.map(path -> new Tls.Files(path, key.orElseThrow(), authorities, verify));
  }

  /** By the access list, if there is one. */
  public Authorizer authorizer() {
    return accessList.<Authorizer>map(list -> list).orElse(Authorizer.PERMISSIVE);
  }

  /**
   * For the server; read anew with every call, so call it once.
   *
   * @throws IllegalArgumentException in one line, if a file is no good
   */
  public Optional<Tls> tls() {
    return tlsFiles.map(Tls::load);
  }

  /**
   * What this process shows of itself when it calls others.
   *
   * @param tls its own, if it has one
   */
  public ClientAccess clientAccess(Optional<Tls> tls) {
    ClientAccess access = ownCredential.map(ClientAccess::basic).orElse(ClientAccess.ANONYMOUS);
    return tls.map(Tls::clientContext)
        .or(() -> tlsAuthorities.map(Tls::clientContext))
        .map(access::withTls)
        .orElse(access);
  }

  /**
   * Why a role must not listen there: who can reach it from other machines must be known, unless
   * {@code --insecure} says that all of them are trusted. A role that gets a refusal ends with exit
   * code 2.
   *
   * @param bindAddress as in the flag, e.g. {@code 0.0.0.0}
   */
  public static Optional<String> refusalToListen(String bindAddress, SecurityOptions options) {
    if (options.insecure() || options.unguarded().isEmpty()) {
      return Optional.empty();
    }
    try {
      if (isLoopback(bindAddress)) {
        return Optional.empty();
      }
    } catch (UnknownHostException _) {
      return Optional.of(bindAddress + " is no address of this machine: give one that is");
    }
    return Optional.of(
        "listening on "
            + bindAddress
            + " would let anyone who reaches this machine run programs on the cluster: set --"
            + String.join(", --", options.unguarded())
            + ", or listen on 127.0.0.1, or accept the risk with --insecure");
  }

  private static boolean isLoopback(String address) throws UnknownHostException {
    return !address.isBlank()
        && Stream.of(InetAddress.getAllByName(address)).allMatch(InetAddress::isLoopbackAddress);
  }
}
