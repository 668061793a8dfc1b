package io.mesocosm.services.shell;

import io.mesocosm.http.security.SecurityTexts;
import io.mesocosm.runtime.Flag;
import io.mesocosm.services.api.LogLevel;
import io.mesocosm.services.event.AlertTarget;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The flags of what clients, browsers and monitors meet. */
final class ApiFlags {
  static final Flag<String> HTTP_ADDRESS =
      Flag.text(
          "http_address",
          "127.0.0.1",
          "the address to listen on; 0.0.0.0 for all, which takes authentication or --insecure");
  static final Flag<Integer> HTTP_PORT =
      Flag.port("http_port", 8080, "the port to listen on; 0 for any that is free");
  static final Flag<Boolean> DISABLE_HTTP =
      Flag.bool(
          "disable_http", false, "listen with TLS only: on --https_port, by --ssl_keystore_path");
  static final Flag<String> HTTPS_ADDRESS =
      Flag.optionalText(
          "https_address", "the address to listen on with TLS; --http_address if not given");
  static final Flag<Integer> HTTPS_PORT =
      Flag.port(
          "https_port", 8443, "the port to listen on with TLS, if there is --ssl_keystore_path");
  static final Flag<Path> SSL_KEYSTORE_PATH =
      new Flag<>(
          "ssl_keystore_path",
          SecurityTexts::file,
          Optional.empty(),
          false,
          "a PKCS12 or JKS key store with the certificate of --https_port; see --tls_certificate");
  static final Flag<String> SSL_KEYSTORE_PASSWORD =
      Flag.optionalText(
          "ssl_keystore_password",
          "of that key store and its key, or the path of a file of it; better in the environment");
  static final Flag<Boolean> HTTP_COMPRESSION =
      Flag.bool("http_compression", true, "whether answers are compressed for who likes that");
  static final Flag<Boolean> DISABLE_HTTP_COMPRESSION =
      Flag.bool("disable_http_compression", false, "the opposite of --http_compression");
  static final Flag<String> HTTP_REALM =
      Flag.text("http_realm", "Mesosphere", "what clients are told that credentials are for");

  /** Read by {@link ServicesFlags#credential}, so that no message shows what it holds. */
  static final Flag<String> HTTP_CREDENTIALS =
      Flag.optionalText(
          "http_credentials",
          "user:password that users of the API must show (HTTP Basic), or the path of a file of"
              + " it, which no list of processes shows");

  static final Flag<Integer> HTTP_MAX_CONCURRENT_REQUESTS =
      new Flag<>(
          "http_max_concurrent_requests",
          Flag.integer("http_max_concurrent_requests", 1, 1, 100_000, "").parser(),
          Optional.empty(),
          false,
          "how many requests may be answered at once, in place of --http_concurrent_requests_max");
  static final Flag<List<String>> ACCESS_CONTROL_ALLOW_ORIGIN =
      new Flag<>(
          "access_control_allow_origin",
          ApiFlags::origins,
          Optional.empty(),
          false,
          "the origins, separated by commas, whose pages may use the API, or * for all");
  static final Flag<Integer> LEADER_PROXY_MAX_OPEN_CONNECTIONS =
      Flag.integer(
          "leader_proxy_max_open_connections",
          64,
          1,
          100_000,
          "how many requests may be under way from here to the scheduler that leads");
  static final Flag<Boolean> LEADER_PROXY_SSL_IGNORE_HOSTNAME =
      Flag.bool(
          "leader_proxy_ssl_ignore_hostname",
          false,
          "whether the certificate of the scheduler that leads may be for another host name");
  static final Flag<Integer> EVENT_STREAM_MAX_OUTSTANDING_MESSAGES =
      Flag.integer(
          "event_stream_max_outstanding_messages",
          1024,
          1,
          1_000_000,
          "how many events may wait for the reader of a stream; further ones are dropped");

  /** Ours. */
  static final Flag<Integer> EVENT_STREAMS_MAX =
      Flag.integer(
          "event_streams_max",
          1000,
          1,
          100_000,
          "how many streams of events may be open at once; more are answered 503");

  static final Flag<Boolean> METRICS_PROMETHEUS =
      Flag.bool("metrics_prometheus", false, "whether there is /metrics/prometheus");
  static final Flag<LogLevel> LOGGING_LEVEL =
      new Flag<>(
          "logging_level",
          text ->
              LogLevel.parse(text)
                  .orElseThrow(() -> new IllegalArgumentException(LogLevel.EXPECTED)),
          Optional.empty(),
          false,
          "how much is logged: " + LogLevel.EXPECTED);

  /** Ours. */
  static final Flag<AlertTarget> ALERT_WEBHOOK =
      new Flag<>(
          "alert_webhook",
          AlertTarget::parse,
          Optional.empty(),
          false,
          "the http or https address that alerts are posted to, as JSON");

  /** In the order of {@code --help}. */
  static final List<Flag<?>> ALL =
      List.of(
          HTTP_ADDRESS,
          HTTP_PORT,
          DISABLE_HTTP,
          HTTPS_ADDRESS,
          HTTPS_PORT,
          SSL_KEYSTORE_PATH,
          SSL_KEYSTORE_PASSWORD,
          HTTP_COMPRESSION,
          DISABLE_HTTP_COMPRESSION,
          HTTP_REALM,
          HTTP_CREDENTIALS,
          HTTP_MAX_CONCURRENT_REQUESTS,
          ACCESS_CONTROL_ALLOW_ORIGIN,
          LEADER_PROXY_MAX_OPEN_CONNECTIONS,
          LEADER_PROXY_SSL_IGNORE_HOSTNAME,
          EVENT_STREAM_MAX_OUTSTANDING_MESSAGES,
          EVENT_STREAMS_MAX,
          METRICS_PROMETHEUS,
          LOGGING_LEVEL,
          ALERT_WEBHOOK);

  private ApiFlags() {}

  private static List<String> origins(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .peek(origin -> {
          boolean fits = origin.equals("*") || origin.matches("[a-z][a-z0-9+.-]*://[!-~&&[^/]]+");
          if (!fits) {
            throw new IllegalArgumentException(
                "* or origins, separated by commas, e.g. https://a.example,http://b.example:81");
          }
        })
        .toList();
  }
}
