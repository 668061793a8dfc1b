package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Numbers the names of resources in the order they are met in. */
final class ResourceNames {
  private final Map<String, Integer> indexByName = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  int indexOf(String name) {
    Integer known = indexByName.get(name);
    if (known != null) {
      return known;
    }
    indexByName.put(name, names.size());
    names.add(name);
    return names.size() - 1;
  }

  String name(int index) {
    return names.get(index);
  }

  int size() {
    return names.size();
  }

  /** Of all scalars, reserved and revocable ones too, but without shared ones. */
  Amounts ofSolid(Resources resources) {
    Amounts sums = new Amounts();
    for (Resource entry : resources.entries()) {
      if (entry.value() instanceof Scalar scalar && !Kinds.isShared(entry)) {
        sums.add(indexOf(entry.name()), scalar.thousandths());
      }
    }
    return sums;
  }

  /** Of what quota is about: scalars that are neither reserved nor revocable (Q3, X5). */
  Amounts ofOpen(Resources resources) {
    Amounts sums = new Amounts();
    for (Resource entry : resources.entries()) {
      if (entry.value() instanceof Scalar scalar && Kinds.isOpen(entry)) {
        sums.add(indexOf(entry.name()), scalar.thousandths());
      }
    }
    return sums;
  }

  Amounts of(SortedMap<String, Scalar> scalars) {
    Amounts sums = new Amounts();
    scalars.forEach((name, scalar) -> sums.add(indexOf(name), scalar.thousandths()));
    return sums;
  }

  /** By name; what is zero (or, of a difference, less) is left out. */
  SortedMap<String, Scalar> scalars(Amounts amounts) {
    SortedMap<String, Scalar> scalars = new TreeMap<>();
    for (int i = 0; i < Math.min(amounts.size(), names.size()); i++) {
      if (amounts.at(i) > 0) {
        scalars.put(names.get(i), new Scalar(amounts.at(i)));
      }
    }
    return scalars;
  }
}
