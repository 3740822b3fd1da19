package beits.conformance;

import beits.device.Device;
import beits.optim.Schedules;

/** Arrays of the cosine scheduler, the ones that must be refused included. */
final class ScheduleCases implements CaseRunner {
    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        golden.scalars().object("schedules").members().forEach((name, schedule) -> {
            Fields arguments = schedule.object("arguments");
            if (schedule.has("error")) {
                judge.equal(name + " is refused", refused(arguments), true);
            } else {
                judge.scalars(name, values(arguments), schedule.numbers("values"), Tolerances.SCHEDULE);
            }
        });
    }

    private static double[] values(Fields arguments) {
        return Schedules.cosine(
                arguments.number("base_value"),
                arguments.number("final_value"),
                arguments.integer("epochs"),
                arguments.integer("niter_per_ep"),
                arguments.integer("warmup_epochs", 0),
                arguments.number("start_warmup_value", 0),
                arguments.integer("warmup_steps", -1));
    }

    private static boolean refused(Fields arguments) {
        try {
            values(arguments);
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
