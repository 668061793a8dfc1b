package io.mesocosm.services.api;

import io.mesocosm.http.Request;
import io.mesocosm.services.json.InvalidRequestException;
import java.util.List;

/** The query parameters of a request, read with types. */
record Query(Request request) {
  boolean flag(String name, boolean fallback) {
    return request
        .queryValue(name)
        .map(text ->
            switch (text) {
              // "?force" alone means yes
              case "true", "" -> true;
              case "false" -> false;
              default ->
                  throw InvalidRequestException.bad(
                      "query parameter " + name + "=" + text + ": expected true or false");
            })
        .orElse(fallback);
  }

  List<String> values(String name) {
    return request.query().getOrDefault(name, List.of());
  }
}
