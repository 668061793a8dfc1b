package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Commands as clients cause them. */
final class Asks {
  private Asks() {}

  static ServicesCommand.Change create(long request, RunSpec spec, boolean force) {
    return all(request, List.of(new Wish.Add(spec)), force);
  }

  static ServicesCommand.Change delete(long request, AppId app, boolean force) {
    return all(request, List.of(new Wish.Remove(app)), force);
  }

  static ServicesCommand.Change restart(long request, AppId app, boolean force) {
    return all(request, List.of(new Wish.Restart(app)), force);
  }

  static Wish.Put put(RunSpec spec, Optional<Instant> expected) {
    return new Wish.Put(spec, expected);
  }

  static ServicesCommand.Change all(long request, List<? extends Wish> wishes, boolean force) {
    return new ServicesCommand.Change(
        request, List.copyOf(wishes), OptionalLong.empty(), WriteOptions.forced(force));
  }
}
