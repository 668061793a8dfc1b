package io.mesocosm.services.api;

import io.mesocosm.http.Request;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.json.LabelSelector;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** The filters of {@code GET /v2/apps}; all that are given must match. */
record AppFilter(Predicate<AppDefinition> predicate) {
  static AppFilter of(Request request) {
    Predicate<AppDefinition> all = _ -> true;
    if (request.queryValue("cmd").isPresent()) {
      String part = request.queryValue("cmd").get();
      all = all.and(app -> app.cmd().filter(cmd -> contains(cmd, part)).isPresent());
    }
    if (request.queryValue("id").isPresent()) {
      String part = request.queryValue("id").get();
      all = all.and(app -> contains(app.id().path(), part));
    }
    if (request.queryValue("label").isPresent()) {
      Predicate<Map<String, String>> labels =
          LabelSelector.parse(request.queryValue("label").get());
      all = all.and(app -> labels.test(app.labels()));
    }
    return new AppFilter(all);
  }

  boolean matches(AppDefinition app) {
    return predicate.test(app);
  }

  private static boolean contains(String text, String part) {
    return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}
