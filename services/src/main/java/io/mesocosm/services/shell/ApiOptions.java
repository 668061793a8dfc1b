package io.mesocosm.services.shell;

import io.mesocosm.http.HttpFlags;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.security.SecurityTexts;
import io.mesocosm.model.access.Credential;
import io.mesocosm.runtime.Flags;
import io.mesocosm.services.api.LogLevel;
import io.mesocosm.services.event.AlertTarget;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the API is served; {@link ApiFlags} says what each part means. No secret is in its text form.
 *
 * @param http where to listen, and the limits of that
 * @param listensPlainly whether it listens there at all
 * @param https another place to listen at, with TLS
 * @param compresses whether answers may be compressed
 * @param realm of credentials
 * @param credential what users must show; anyone may use it without
 * @param origins whose pages may use it, or {@code *}
 * @param eventsWaitingMax for the reader of one stream of events
 * @param eventStreamsMax open at once
 * @param prometheus whether there are metrics in its format
 * @param loggingLevel of all loggers, from the start
 * @param alerts where alerts are posted to
 */
public record ApiOptions(
    HttpServerOptions http,
    boolean listensPlainly,
    Optional<Encrypted> https,
    boolean compresses,
    String realm,
    Optional<Credential> credential,
    List<String> origins,
    int eventsWaitingMax,
    int eventStreamsMax,
    boolean prometheus,
    Optional<LogLevel> loggingLevel,
    Optional<AlertTarget> alerts) {

  /**
   * @param http without TLS yet
   */
  record Encrypted(HttpServerOptions http, Keystore keystore) {}

  public ApiOptions {
    origins = List.copyOf(origins);
  }

  /**
   * @throws IllegalArgumentException in one line, if flags contradict each other
   */
  static ApiOptions from(Flags flags) {
    String address = flags.get(ApiFlags.HTTP_ADDRESS);
    Optional<Encrypted> https =
        keystore(flags)
            .map(keystore ->
                new Encrypted(
                    served(
                        flags,
                        "services-https",
                        flags.find(ApiFlags.HTTPS_ADDRESS).orElse(address),
                        flags.get(ApiFlags.HTTPS_PORT)),
                    keystore));
    boolean plain = !flags.get(ApiFlags.DISABLE_HTTP);
    if (!plain && https.isEmpty()) {
      throw new IllegalArgumentException(
          "--disable_http leaves nothing to listen on: give --ssl_keystore_path and"
              + " --ssl_keystore_password, too; or --tls_certificate and --tls_key in its place,"
              + " with which --http_port speaks nothing but TLS");
    }
    return new ApiOptions(
        served(flags, "services-http", address, flags.get(ApiFlags.HTTP_PORT)),
        plain,
        https,
        flags.get(ApiFlags.HTTP_COMPRESSION) && !flags.get(ApiFlags.DISABLE_HTTP_COMPRESSION),
        flags.get(ApiFlags.HTTP_REALM),
        flags.find(ApiFlags.HTTP_CREDENTIALS).map(ServicesFlags::credential),
        flags.find(ApiFlags.ACCESS_CONTROL_ALLOW_ORIGIN).orElse(List.of()),
        flags.get(ApiFlags.EVENT_STREAM_MAX_OUTSTANDING_MESSAGES),
        flags.get(ApiFlags.EVENT_STREAMS_MAX),
        flags.get(ApiFlags.METRICS_PROMETHEUS),
        flags.find(ApiFlags.LOGGING_LEVEL),
        flags.find(ApiFlags.ALERT_WEBHOOK));
  }

  /** Every address that it listens on. */
  List<String> bindAddresses() {
    return https
        .map(encrypted ->
            listensPlainly
                ? List.of(http.bindAddress(), encrypted.http().bindAddress())
                : List.of(encrypted.http().bindAddress()))
        .orElse(List.of(http.bindAddress()));
  }

  private static HttpServerOptions served(Flags flags, String name, String address, int port) {
    HttpServerOptions options = HttpFlags.options(flags, name, address, port);
    return new HttpServerOptions(
        options.name(),
        options.bindAddress(),
        options.port(),
        options.bodyBytesMax(),
        options.headerBytesMax(),
        options.streamBacklogBytesMax(),
        options.idleTimeout(),
        flags.find(ApiFlags.HTTP_MAX_CONCURRENT_REQUESTS).orElse(options.concurrentRequestsMax()),
        options.openStreamsMax(),
        options.tls());
  }

  private static Optional<Keystore> keystore(Flags flags) {
    Optional<Path> path = flags.find(ApiFlags.SSL_KEYSTORE_PATH);
    Optional<String> password = flags.find(ApiFlags.SSL_KEYSTORE_PASSWORD);
    if (path.isPresent() != password.isPresent()) {
      throw new IllegalArgumentException(
          "--ssl_keystore_path and --ssl_keystore_password belong together: give both or none");
    }
    return path.map(store -> new Keystore(store, fileOrText(password.orElseThrow())));
  }

  /** A password is seldom the path of a file that is there. */
  private static String fileOrText(String given) {
    try {
      boolean isFile = given.startsWith("/") && Files.isReadable(Path.of(given));
      return isFile ? SecurityTexts.secret(given) : given;
    } catch (InvalidPathException _) {
      return given; // no path, so the password itself
    }
  }
}
