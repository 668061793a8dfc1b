package io.mesocosm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Labels;
import io.mesocosm.model.resource.Names;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resource.Reservation;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever can be calculated with goes over the wire and comes back the same. */
class ResourceRoundTripTest {
  private static final Reservation STATIC = new Reservation("a", false, Optional.empty());
  private static final Reservation DYNAMIC =
      new Reservation(
          "a", true, Optional.of("p"), Labels.of(new Labels.Label("k", Optional.of("v"))));
  private static final Reservation BELOW = new Reservation("a/b", true, Optional.empty());

  @Property
  void thePresentFormSaysEverything(@ForAll("resources") Resources resources) throws Exception {
    assertThat(ResourceMapping.toModel(ResourceMapping.toProto(resources))).isEqualTo(resources);
  }

  @Property
  void theOlderFormSaysEverythingToo(@ForAll("resources") Resources resources) throws Exception {
    assertThat(ResourceMapping.toModel(ResourceMapping.toProtoLegacy(resources)))
        .isEqualTo(resources);
  }

  @Property
  void bytesAndJsonSayTheSame(@ForAll("resources") Resources resources) throws Exception {
    for (var message : ResourceMapping.toProto(resources)) {
      assertThat(
              MesosJson.parse(
                      MesosJson.print(message), org.apache.mesos.v1.Protos.Resource.newBuilder())
                  .build())
          .isEqualTo(message);
    }
  }

  @Provide
  Arbitrary<Resources> resources() {
    return Arbitraries.oneOf(plain(), volume()).list().ofMaxSize(6).map(Resources::of);
  }

  private static Arbitrary<Resource> plain() {
    Arbitrary<Resource> scalars =
        Combinators.combine(
                Arbitraries.of("cpus", "mem", "disk", "custom"),
                Arbitraries.longs().between(0, 9_000_000_000_000L))
            .as((name, amount) -> Resource.unreserved(name, new Scalar(amount)));
    Arbitrary<Resource> ports =
        Arbitraries.longs()
            .between(0, 65_000)
            .map(begin -> Resource.unreserved("ports", Ranges.of(begin, begin + 99)));
    Arbitrary<Resource> names =
        Arbitraries.of("x", "y")
            .set()
            .ofMaxSize(2)
            .map(set -> Resource.unreserved("licences", Names.of(set)));
    Arbitrary<List<Reservation>> stacks =
        Arbitraries.of(List.of(), List.of(STATIC), List.of(DYNAMIC), List.of(STATIC, BELOW));
    return Combinators.combine(
            Arbitraries.oneOf(scalars, ports, names),
            stacks,
            Arbitraries.just("a").optional(0.5),
            Arbitraries.of(true, false))
        .as((resource, stack, allocation, revocable) -> {
          Resource reserved = resource.withReservations(stack).allocatedTo(allocation);
          return revocable && stack.isEmpty() ? reserved.asRevocable() : reserved;
        });
  }

  private static Arbitrary<Resource> volume() {
    return Combinators.combine(
            Arbitraries.of(List.of(STATIC), List.of(DYNAMIC, BELOW)),
            Arbitraries.of(Disk.Source.path("p"), Disk.Source.mount("/m")).optional(0.7),
            Arbitraries.of("v", "w"),
            Arbitraries.of(true, false))
        .as((stack, source, id, shared) ->
            Resource.unreserved("disk", Scalar.of(7))
                .withReservations(stack)
                .withDisk(
                    Optional.of(
                        Disk.withVolume(
                            source,
                            new Disk.Persistence(id, Optional.of("p")),
                            new Disk.VolumeMount("data", !shared))),
                    shared));
  }
}
