package io.nbguard.core;

import io.nbguard.core.admission.Executions;
import io.nbguard.core.admission.NotebookFolder;
import io.nbguard.core.assembly.OpenParts;
import io.nbguard.core.device.DeviceProbes;
import io.nbguard.core.emergency.EmergencyShutdown;
import io.nbguard.core.event.EventDispatcher;
import io.nbguard.core.executor.EngineHealths;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.core.schedule.Scheduler;

/**
 * The parts of one guard that its methods need.
 *
 * @param open closes all parts, those included that are not named here
 */
record GuardParts(
        EventDispatcher events,
        GuardHistory history,
        SamplingLoop loop,
        EngineHealths engines,
        Executions executions,
        Scheduler scheduler,
        EmergencyShutdown emergency,
        NotebookFolder notebooks,
        DeviceProbes devices,
        GuardDescription description,
        OpenParts open) {}
