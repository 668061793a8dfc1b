package io.mesocosm.systemtests.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Speaks HTTP with whoever of several servers answers. An absent answer may have been taken. */
final class Web {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  record Answer(int status, String body) {
    boolean isSuccess() {
      return status / 100 == 2;
    }

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + body, e);
      }
    }
  }

  /** Asks once; absent if the connection failed or the answer did not come. */
  Optional<Answer> send(String method, String url, String body) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(PATIENCE)
            .header("Accept", "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return Optional.of(new Answer(response.statusCode(), response.body()));
    } catch (IOException e) {
      return Optional.empty(); // the very thing that this test provokes
    }
  }

  /** Reads from the first of several servers that gives a good answer. */
  Optional<Answer> get(List<String> servers, String path) throws InterruptedException {
    for (String server : servers) {
      Optional<Answer> answer = send("GET", server + path, "");
      if (answer.filter(Answer::isSuccess).isPresent()) {
        return answer;
      }
    }
    return Optional.empty();
  }

  HttpClient client() {
    return client;
  }
}
