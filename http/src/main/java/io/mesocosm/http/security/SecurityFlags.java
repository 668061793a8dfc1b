package io.mesocosm.http.security;

import io.mesocosm.model.access.AccessList;
import io.mesocosm.model.access.Credential;
import io.mesocosm.protocol.access.JsonWebToken;
import io.mesocosm.runtime.Flag;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The flags of access, under Mesos's names where it has them. A file is given by its path or as
 * {@code file://} and its path; it is read at the start.
 */
public final class SecurityFlags {
  public static final Flag<Boolean> AUTHENTICATE_HTTP_READONLY =
      Flag.bool("authenticate_http_readonly", false, "whether reading takes credentials");
  public static final Flag<Boolean> AUTHENTICATE_HTTP_READWRITE =
      Flag.bool("authenticate_http_readwrite", false, "whether changing things takes credentials");
  public static final Flag<Boolean> AUTHENTICATE_HTTP_FRAMEWORKS =
      Flag.bool("authenticate_http_frameworks", false, "whether schedulers need credentials");
  public static final Flag<Boolean> AUTHENTICATE_AGENTS =
      Flag.bool("authenticate_agents", false, "whether agents need credentials");
  public static final Flag<Boolean> AUTHENTICATE_HTTP_EXECUTORS =
      Flag.bool(
          "authenticate_http_executors",
          false,
          "whether executors need the token that they are started with");
  public static final Flag<List<Credential>> CREDENTIALS =
      optional("credentials", SecurityTexts::credentials, "a file with everyone's credentials");
  public static final Flag<List<Credential>> HTTP_CREDENTIALS =
      optional(
          "http_credentials",
          SecurityTexts::credentials,
          "a file with the credentials of those who may use this agent's API");
  public static final Flag<List<Credential>> BEARER_TOKENS =
      optional(
          "bearer_tokens",
          SecurityTexts::credentials,
          "a file like that of credentials, whose secrets are bearer tokens");
  public static final Flag<Credential> CREDENTIAL =
      optional("credential", SecurityTexts::credential, "a file with this agent's own credential");
  public static final Flag<AccessList> ACLS =
      optional(
          "acls", SecurityTexts::accessList, "who may do what: JSON, or the path of a file of it");
  public static final Flag<JsonWebToken> JWT_SECRET_KEY =
      optional(
          "jwt_secret_key",
          SecurityTexts::webTokens,
          "a file with the key that JSON Web Tokens are signed with");
  public static final Flag<JsonWebToken> EXECUTOR_SECRET_KEY =
      optional(
          "executor_secret_key",
          SecurityTexts::webTokens,
          "a file with the key that the tokens of executors are signed with");
  public static final Flag<Path> TLS_CERTIFICATE =
      optional("tls_certificate", SecurityTexts::file, "own certificate and its chain, in PEM");
  public static final Flag<Path> TLS_KEY =
      optional("tls_key", SecurityTexts::file, "the key of that certificate, in PEM");
  public static final Flag<Path> TLS_CA =
      optional("tls_ca", SecurityTexts::file, "whose signature others' certificates need, in PEM");
  public static final Flag<Boolean> TLS_VERIFY_CLIENTS =
      Flag.bool(
          "tls_verify_clients", false, "whether clients must show a certificate that is signed so");
  public static final Flag<Boolean> INSECURE =
      Flag.bool(
          "insecure",
          false,
          "listen beyond this machine even though anyone there could do anything");

  private static final List<Flag<?>> OF_EVERY_ROLE =
      List.of(TLS_CERTIFICATE, TLS_KEY, TLS_CA, TLS_VERIFY_CLIENTS, INSECURE);

  /** For the master's own list. */
  public static final List<Flag<?>> MASTER =
      and(
          OF_EVERY_ROLE,
          AUTHENTICATE_HTTP_READONLY,
          AUTHENTICATE_HTTP_READWRITE,
          AUTHENTICATE_HTTP_FRAMEWORKS,
          AUTHENTICATE_AGENTS,
          CREDENTIALS,
          BEARER_TOKENS,
          JWT_SECRET_KEY,
          ACLS);

  /** For the agent's own list. */
  public static final List<Flag<?>> AGENT =
      and(
          OF_EVERY_ROLE,
          AUTHENTICATE_HTTP_READONLY,
          AUTHENTICATE_HTTP_READWRITE,
          AUTHENTICATE_HTTP_EXECUTORS,
          HTTP_CREDENTIALS,
          CREDENTIAL,
          BEARER_TOKENS,
          JWT_SECRET_KEY,
          EXECUTOR_SECRET_KEY,
          ACLS);

  /** For roles with an API of their own: TLS and the rule of where to listen. */
  public static final List<Flag<?>> OTHERS = OF_EVERY_ROLE;

  private SecurityFlags() {}

  private static <T> Flag<T> optional(
      String name, java.util.function.Function<String, T> parser, String help) {
    return new Flag<>(name, parser, Optional.empty(), false, help);
  }

  private static List<Flag<?>> and(List<Flag<?>> first, Flag<?>... more) {
    List<Flag<?>> all = new java.util.ArrayList<>(List.of(more));
    all.addAll(first);
    return List.copyOf(all);
  }
}
