package io.mesocosm.model.resource;

import io.mesocosm.model.resource.Resource.Reservation;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Resources to try laws on: few kinds of everything, so that many of them meet. */
final class SomeResources {
  static final Reservation WEB = new Reservation("web", false, Optional.empty());
  static final Reservation SHOP = new Reservation("web/shop", true, Optional.of("alice"));
  static final Reservation LABELLED =
      new Reservation(
          "web", true, Optional.empty(), Labels.of(new Labels.Label("k", Optional.of("v"))));

  private SomeResources() {}

  /** Only what can be given back exactly: sets of numbers or names forget what was added twice. */
  static Arbitrary<Resources> counted() {
    return resources(Arbitraries.oneOf(scalar(), volume(), wholeDisk()));
  }

  static Arbitrary<Resources> unshared() {
    return resources(
        Arbitraries.oneOf(scalar(), ports(), names(), volume(), wholeDisk())
            .filter(resource -> !resource.shared()));
  }

  static Arbitrary<Resources> any() {
    return resources(Arbitraries.oneOf(scalar(), ports(), names(), volume(), wholeDisk()));
  }

  private static Arbitrary<Resources> resources(Arbitrary<Resource> kinds) {
    return kinds.list().ofMaxSize(8).map(Resources::of);
  }

  private static Arbitrary<Resource> scalar() {
    Arbitrary<Scalar> amounts = Arbitraries.longs().between(0, 3000).map(Scalar::new);
    return Combinators.combine(
            Arbitraries.of("cpus", "mem", "disk"),
            amounts,
            stacks(),
            Arbitraries.of("web", "db").optional(0.6),
            Arbitraries.of(false, false, true))
        .as(SomeResources::scalar);
  }

  private static Resource scalar(
      String name,
      Scalar amount,
      List<Reservation> stack,
      Optional<String> allocation,
      boolean revocable) {
    return new Resource(name, amount, stack, allocation, revocable);
  }

  private static Arbitrary<Resource> ports() {
    Arbitrary<Long> numbers = Arbitraries.longs().between(0, 30);
    return Combinators.combine(numbers, numbers, stacks())
        .as((a, b, stack) ->
            new Resource(
                "ports",
                Ranges.of(Math.min(a, b), Math.max(a, b)),
                stack,
                Optional.empty(),
                false));
  }

  private static Arbitrary<Resource> names() {
    return Arbitraries.of("a", "b", "c", "d")
        .list()
        .ofMaxSize(3)
        .map(names -> Resource.unreserved("licences", Names.of(names)));
  }

  private static Arbitrary<Resource> volume() {
    return Combinators.combine(
            Arbitraries.of("data", "logs"),
            Arbitraries.of(10L, 20L),
            Arbitraries.of("/a", "/b"),
            Arbitraries.of(true, false),
            Arbitraries.just(Disk.Source.path("/mnt/p")).optional(0.5))
        .as((id, size, path, shared, source) ->
            new Resource(
                "disk",
                Scalar.of(size),
                List.of(WEB),
                Optional.of(
                    Disk.withVolume(
                        source,
                        new Disk.Persistence(id, Optional.empty()),
                        new Disk.VolumeMount(path, false))),
                Optional.empty(),
                false,
                shared,
                Optional.empty()));
  }

  private static Arbitrary<Resource> wholeDisk() {
    return Combinators.combine(
            Arbitraries.of("/mnt/1", "/mnt/2"), Arbitraries.of(5L, 7L), Arbitraries.of(true, false))
        .as((root, size, mount) ->
            Resource.unreserved("disk", Scalar.of(size))
                .withDisk(
                    Optional.of(Disk.of(mount ? Disk.Source.mount(root) : Disk.Source.path(root))),
                    false));
  }

  private static Arbitrary<List<Reservation>> stacks() {
    return Arbitraries.of(List.of(), List.of(WEB), List.of(LABELLED), List.of(WEB, SHOP));
  }
}
