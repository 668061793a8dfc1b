package io.mesocosm.master;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sum of resources of several agents, to be shown and never to be subtracted from: equal ports of
 * two agents count once in it, and what two agents call by one name need not be of one type.
 */
final class ShownSum {
  private ShownSum() {}

  static Resources of(List<Resources> parts) {
    Map<Resources, Long> alike = new LinkedHashMap<>();
    parts.forEach(part -> alike.merge(part, 1L, Long::sum));
    Map<String, Class<?>> types = new LinkedHashMap<>();
    List<Resource> all = new ArrayList<>();
    alike.forEach((part, times) -> {
      for (Resource entry : part.entries()) {
        Class<?> type = entry.value().getClass();
        if (types.computeIfAbsent(entry.name(), _ -> type) == type) {
          all.add(times == 1 ? entry : multiplied(entry, times));
        }
      }
    });
    return Resources.of(all);
  }

  /** Thousands of tasks take the same: their sum is a product. */
  private static Resource multiplied(Resource entry, long times) {
    return entry.value() instanceof io.mesocosm.model.resource.Scalar(long thousandths)
        ? entry.withValue(new io.mesocosm.model.resource.Scalar(thousandths * times))
        : entry;
  }
}
