package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Answers as it was told, by method and path, and remembers what it was asked. A path given with a
 * query is for that query only.
 */
final class FakeScheduler implements AutoCloseable {

  record Asked(String method, String path, String query, String body, String authorization) {
    JsonNode json() {
      return Api.parse(body);
    }

    boolean isDry() {
      return query.contains("dryRun=true");
    }

    String line() {
      return method + " " + path + (query.isEmpty() ? "" : "?" + query);
    }
  }

  record Told(int status, String body, Map<String, String> headers) {
    static Told of(int status, String body) {
      return new Told(status, body, Map.of());
    }
  }

  private final HttpServer server;
  private final Map<String, Function<Asked, Told>> routes = new LinkedHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  FakeScheduler() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  FakeScheduler on(String methodAndPath, Function<Asked, Told> answer) {
    routes.put(methodAndPath, answer);
    return this;
  }

  FakeScheduler on(String methodAndPath, int status, String body) {
    return on(methodAndPath, _ -> Told.of(status, body));
  }

  List<Asked> asked() {
    return asked;
  }

  /** What would have changed something. */
  List<String> writes() {
    return asked.stream()
        .filter(one -> !one.method().equals("GET") && !one.isDry())
        .map(Asked::line)
        .toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    Asked one =
        new Asked(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse(""),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse(""));
    asked.add(one);
    Function<Asked, Told> route = routes.get(one.line());
    if (route == null) {
      route = routes.get(one.method() + " " + one.path());
    }
    Told told =
        route == null
            ? Told.of(404, "{\"message\":\"" + one.path() + " does not exist\"}")
            : route.apply(one);
    told.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = told.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(told.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
