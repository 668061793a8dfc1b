package io.mesocosm.cli.client;

import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.http.security.SecurityTexts;
import io.mesocosm.model.access.Credential;
import picocli.CommandLine.Option;

/** Where the cluster is, and who asks: options that every client command has. */
public final class ClusterOptions {
  @Option(
      names = "--master",
      paramLabel = "URL",
      defaultValue = "${env:COSM_MASTER:-http://127.0.0.1:5050}",
      description = "the master's address (or COSM_MASTER; default: ${DEFAULT-VALUE})")
  private String master = "";

  @Option(
      names = "--services",
      paramLabel = "URL",
      defaultValue = "${env:COSM_SERVICES:-http://127.0.0.1:8080}",
      description =
          "the services scheduler's address (or COSM_SERVICES; default: ${DEFAULT-VALUE})")
  private String services = "";

  @Option(
      names = "--principal",
      paramLabel = "NAME",
      defaultValue = "${env:COSM_PRINCIPAL:-}",
      description = "who you are; needs --secret-file (or COSM_PRINCIPAL)")
  private String principal = "";

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      defaultValue = "${env:COSM_SECRET_FILE:-}",
      description = "a file with the secret of that principal (or COSM_SECRET_FILE)")
  private String secretFile = "";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:COSM_TOKEN:-}",
      description = "a bearer token, or @FILE with one, instead of a principal (or COSM_TOKEN)")
  private String token = "";

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      defaultValue = "${env:COSM_CA:-}",
      description = "who signs the cluster's certificates, in PEM (or COSM_CA)")
  private String authorities = "";

  public Api master() {
    return new Api("master", master, access(), principal);
  }

  public Api services() {
    return new Api("services", services, access(), principal);
  }

  private ClientAccess access() {
    try {
      return authorities.isEmpty()
          ? shown()
          : shown().withAuthorities(SecurityTexts.file(authorities));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.misused("--ca=" + authorities + ": expected " + e.getMessage());
    }
  }

  private ClientAccess shown() {
    if (!token.isEmpty()) {
      return ClientAccess.bearer(
          token.startsWith("@") ? secret("--token", token.substring(1)) : token);
    }
    if (principal.isEmpty() && secretFile.isEmpty()) {
      return ClientAccess.ANONYMOUS;
    }
    if (principal.isEmpty() || secretFile.isEmpty()) {
      throw CommandFailure.misused("--principal and --secret-file belong together: give both");
    }
    try {
      return ClientAccess.basic(new Credential(principal, secret("--secret-file", secretFile)));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.misused("--principal=" + principal + ": " + e.getMessage());
    }
  }

  private static String secret(String option, String file) {
    try {
      return SecurityTexts.secret(file);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.misused(option + "=" + file + ": expected " + e.getMessage());
    }
  }
}
