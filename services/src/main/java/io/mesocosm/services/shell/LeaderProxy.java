package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.DEBUG;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.services.api.ServicesApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Passes requests on to the scheduler that leads, and its answers back, as they are
 * (contracts/marathon-api.md A2). Who may do what is the leader's to say. Thread-safe.
 */
public final class LeaderProxy implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LeaderProxy.class.getName());
  private static final String VIA = "X-Marathon-Via";
  private static final String FORWARDED_FOR = "X-Forwarded-For";

  /** Streams without an end are not passed on (E4). */
  private static final String EVENTS = "/v2/events";

  /** What is between two neighbours, and what each of them says for itself. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final String via;
  private final Duration answerMax;
  private final int underWayMax;
  // Taken and given back by request threads.
  private final Semaphore room;
  private final HttpClient http;

  /**
   * @param self {@code host:port} of this process, the name that shows it a request of its own
   * @param access the TLS for leaders that speak it; no credential of ours is shown
   * @param connectMax for the connection
   * @param readMax for the answer
   * @param underWayMax how many requests may be passed on at once; others wait for the time of an
   *     answer
   */
  public LeaderProxy(
      String self, ClientAccess access, Duration connectMax, Duration readMax, int underWayMax) {
    this.underWayMax = underWayMax;
    this.room = new Semaphore(underWayMax);
    this.via = "1.1 " + self;
    this.answerMax = readMax.compareTo(connectMax) > 0 ? readMax : connectMax;
    this.http = access.clients().connectTimeout(connectMax).build();
  }

  /**
   * @param leader base address
   * @return the leader's answer; 302 to it for streams, 502 if it cannot be reached or sends us our
   *     own requests, 503 if too many are under way, 504 if it takes too long
   */
  public Response forward(Request request, URI leader) throws InterruptedException {
    String target = leader + pathAndQuery(request);
    if (request.path().startsWith(EVENTS)) {
      return Response.empty(302).withHeader("Location", target);
    }
    if (values(request, VIA).contains(via)) {
      return ServicesApi.error(
          502, "a loop: " + leader + " leads, we think, and has sent us what we had sent it");
    }
    HttpRequest passed;
    try {
      passed = passed(request, target);
    } catch (IllegalArgumentException e) {
      return ServicesApi.error(400, "this cannot be passed on to the leader: " + e.getMessage());
    }
    if (!room.tryAcquire(answerMax.toMillis(), TimeUnit.MILLISECONDS)) {
      return ServicesApi.error(
          503,
          underWayMax
              + " requests are under way to the leader at "
              + leader
              + ": try again later, ask it itself, or raise --leader_proxy_max_open_connections");
    }
    try {
      return exchange(passed, leader);
    } finally {
      room.release();
    }
  }

  private HttpRequest passed(Request request, String target) {
    HttpRequest.Builder passed =
        HttpRequest.newBuilder(URI.create(target))
            .method(
                request.method(),
                request.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(request.body()));
    Set<String> left = hopByHop(values(request, "Connection"));
    left.add(VIA.toLowerCase(Locale.ROOT));
    left.add(FORWARDED_FOR.toLowerCase(Locale.ROOT));
    request
        .headers()
        .forEach((name, values) -> {
          if (!left.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> passed.header(name, value));
          }
        });
    passed.header(VIA, joined(values(request, VIA), via));
    InetAddress client = request.remote().getAddress();
    String sender = client == null ? request.remote().getHostString() : client.getHostAddress();
    passed.header(FORWARDED_FOR, joined(values(request, FORWARDED_FOR), sender));
    return passed.build();
  }

  private Response exchange(HttpRequest request, URI leader) throws InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      return returned(answer.get(answerMax.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException _) {
      return late(leader);
    } catch (ExecutionException e) {
      LOG.log(DEBUG, "a request was not passed on", e);
      if (e.getCause() instanceof HttpTimeoutException) {
        return late(leader);
      }
      String said =
          e.getCause() instanceof IOException broken && broken.getMessage() != null
              ? broken.getMessage()
              : String.valueOf(e.getCause());
      return ServicesApi.error(
          502, "the leader at " + leader + " cannot be reached: " + said + ": try again soon");
    } finally {
      answer.cancel(true); // of no effect on one that is there
    }
  }

  private static Response late(URI leader) {
    return ServicesApi.error(
        504,
        "the leader at "
            + leader
            + " did not answer in time; whether it has done what was asked is not known");
  }

  private static Response returned(HttpResponse<byte[]> answer) {
    Map<String, List<String>> headers = answer.headers().map();
    Set<String> left = hopByHop(headers.getOrDefault("connection", List.of()));
    Map<String, String> kept = new LinkedHashMap<>();
    headers.forEach((name, values) -> {
      if (!left.contains(name.toLowerCase(Locale.ROOT))) {
        kept.put(name, String.join(", ", values));
      }
    });
    return new Response.Whole(answer.statusCode(), kept, answer.body());
  }

  /** The names of headers that are not passed on, in lower case. */
  private static Set<String> hopByHop(List<String> connection) {
    Set<String> names = new TreeSet<>(HOP_BY_HOP);
    connection.stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .forEach(name -> names.add(name.strip().toLowerCase(Locale.ROOT)));
    return names;
  }

  /** All values of a header, however many lines it is in. */
  private static List<String> values(Request request, String name) {
    return request.headers().getOrDefault(name, List.of()).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }

  private static String joined(List<String> values, String last) {
    return values.isEmpty() ? last : String.join(", ", values) + ", " + last;
  }

  private static String pathAndQuery(Request request) {
    String path =
        Arrays.stream(request.path().split("/", -1))
            .map(segment -> encoded(segment).replace("+", "%20"))
            .collect(Collectors.joining("/"));
    String query =
        request.query().entrySet().stream()
            .flatMap(parameter ->
                parameter.getValue().stream()
                    .map(value -> encoded(parameter.getKey()) + "=" + encoded(value)))
            .collect(Collectors.joining("&"));
    return query.isEmpty() ? path : path + "?" + query;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
