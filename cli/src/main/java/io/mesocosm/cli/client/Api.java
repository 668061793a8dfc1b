package io.mesocosm.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesocosm.http.Redirects;
import io.mesocosm.http.security.ClientAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * One HTTP API of the cluster, as commands use it: JSON in, JSON out, and a failure that reads
 * well. Blocking.
 */
public final class Api {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int REDIRECTS_MAX = 5;

  /** The name of another scheduler that is only read, and no option's value. */
  static final String SOURCE = "source";

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final String name;
  private final URI base;
  // What stands before every path: an API may live below a folder of a gateway.
  private final String prefix;
  private final ClientAccess access;
  private final String principal;
  private final HttpClient client;

  /**
   * Of a cluster that wants no credentials.
   *
   * @param name for messages, e.g. {@code services}
   * @param base e.g. {@code http://127.0.0.1:8080}
   */
  public Api(String name, String base) {
    this(name, base, ClientAccess.ANONYMOUS, "");
  }

  /**
   * @param access shown with every request
   * @param principal whose name that is, for frameworks; empty if it has none
   */
  Api(String name, String base, ClientAccess access, String principal) {
    this.name = name;
    this.base = address(name, base);
    this.prefix = this.base.toString().replaceFirst("/+$", "");
    this.access = access;
    this.principal = principal;
    // Redirects are followed by hand: credentials must not leave TLS with them.
    this.client = access.clients().connectTimeout(Duration.ofSeconds(5)).build();
  }

  /** Another process of the same cluster: shown the same, spoken to in the same way. */
  Api neighbor(String neighborName, String hostAndPort) {
    return new Api(neighborName, base.getScheme() + "://" + hostAndPort, access, principal);
  }

  ClientAccess access() {
    return access;
  }

  String principal() {
    return principal;
  }

  /** An answer whatever its status; the body is a missing node if it was no JSON. */
  public record Answer(int status, JsonNode body, String text) {
    boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /** What went wrong, from the shapes of Marathon's error bodies. */
    public String problem() {
      StringBuilder problem =
          new StringBuilder(body.path("message").asText(text.isBlank() ? "HTTP " + status : text));
      for (JsonNode detail : body.path("details")) {
        for (JsonNode error : detail.path("errors")) {
          problem
              .append("; ")
              .append(detail.path("path").asText())
              .append(": ")
              .append(error.asText());
        }
      }
      return problem.toString();
    }
  }

  public URI base() {
    return base;
  }

  /** GETs, and fails unless the answer is a success. */
  public JsonNode get(String path) {
    return succeed(exchange("GET", path, ""), path);
  }

  public JsonNode succeed(Answer answer, String path) {
    if (!answer.isSuccess()) {
      String problem = answer.status() == 401 ? unknown() : answer.problem();
      throw CommandFailure.failed(
          problem + " (" + name + " answered " + answer.status() + " for " + path + ")");
    }
    return answer.body();
  }

  /** What to do about a 401. */
  private String unknown() {
    if (name.equals(SOURCE)) {
      return "it wants to know who asks: give --source-user and --source-password-file";
    }
    if (access.authorization().isEmpty()) {
      return "credentials are wanted: give --principal and --secret-file, or --token";
    }
    return principal.isEmpty()
        ? "the token is not known there, or is over"
        : "principal " + principal + " is not known there, or its secret is another";
  }

  /** Sends a request with an optional JSON body; fails only if there is no answer at all. */
  public Answer exchange(String method, String path, String json) {
    HttpRequest.Builder request = request(path, "application/json");
    if (json.isEmpty()) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .method(method, BodyPublishers.ofString(json))
          .header("Content-Type", "application/json");
    }
    try {
      HttpResponse<String> response =
          Redirects.send(client, request.build(), BodyHandlers.ofString(), TIMEOUT);
      return new Answer(response.statusCode(), parse(response.body()), response.body());
    } catch (IOException e) {
      throw CommandFailure.failed(unreachable(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /**
   * GETs a stream and gives it line by line until its sender ends it. Follows a 302, by which a
   * standby sends those who listen to its leader.
   *
   * @throws CommandFailure unless the answer is a success
   */
  void follow(String path, String accept, Consumer<String> lines) {
    HttpRequest next = request(path, accept).GET().build();
    try {
      for (int redirects = 0; ; redirects++) {
        HttpResponse<Stream<String>> response =
            Redirects.send(client, next, BodyHandlers.ofLines(), TIMEOUT);
        try (Stream<String> body = response.body()) {
          Optional<URI> elsewhere = elsewhere(next.uri(), response);
          if (elsewhere.isPresent() && redirects < REDIRECTS_MAX) {
            next = HttpRequest.newBuilder(next, (_, _) -> true).uri(elsewhere.get()).build();
            continue;
          }
          if (response.statusCode() != 200) {
            String text = body.collect(Collectors.joining("\n"));
            succeed(new Answer(response.statusCode(), parse(text), text), path);
          }
          body.forEach(lines);
          return;
        }
      }
    } catch (UncheckedIOException e) {
      throw CommandFailure.failed(name + " at " + base + " went away: " + e.getMessage());
    } catch (IOException e) {
      throw CommandFailure.failed(unreachable(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** Nothing if the answer stands, or points to where credentials would travel without TLS. */
  private static Optional<URI> elsewhere(URI asked, HttpResponse<?> response) {
    return response.statusCode() == 302
        ? response
            .headers()
            .firstValue("Location")
            .map(asked::resolve)
            .filter(uri -> !"https".equals(asked.getScheme()) || "https".equals(uri.getScheme()))
        : Optional.empty();
  }

  private HttpRequest.Builder request(String path, String accept) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(prefix + path)).header("Accept", accept);
      access.headers().forEach(request::header);
      return request;
    } catch (IllegalArgumentException e) {
      throw CommandFailure.misused(path + " is no path of an HTTP API: " + e.getMessage());
    }
  }

  private String unreachable(IOException e) {
    String where = name + " at " + base;
    if (e.getCause() instanceof SSLException || e instanceof SSLException) {
      String reason = String.valueOf(e.getMessage());
      if (reason.contains("certificate_required")) {
        return where + " wants a certificate (--tls_verify_clients), and this program has none";
      }
      return reason.contains("certificate")
          ? where + " is not believed: " + reason + " (--ca names who signs its certificate)"
          : where + " does not speak TLS as it should: " + reason + " (without TLS, give http://)";
    }
    if (!(e instanceof ConnectException || e.getCause() instanceof ConnectException)) {
      String hint = base.getScheme().equals("http") ? " (with TLS, give https://)" : "";
      return where + " does not answer in HTTP: " + e.getMessage() + hint;
    }
    return "cannot reach "
        + where
        + switch (name) {
          // Its address is what the master tells, in contrast to those that options name.
          case "agent" ->
              ": that is what its --hostname and --port say, which this machine must reach";
          case SOURCE -> ": is that its address, as this machine sees it?";
          default ->
              ": is the cluster running? (cosm local starts one; --" + name + " names another)";
        };
  }

  static String query(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  static JsonNode parse(String text) {
    try {
      return text.isBlank() ? JSON.missingNode() : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private static URI address(String name, String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException _) {
      throw noAddress(name, text);
    }
    throw noAddress(name, text);
  }

  private static CommandFailure noAddress(String name, String text) {
    return CommandFailure.misused(
        (name.equals(SOURCE) ? "" : "--" + name + "=")
            + text
            + " is no address: expected e.g. http://127.0.0.1:8080");
  }
}
