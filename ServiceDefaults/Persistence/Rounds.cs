using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Persistence;

/// <summary>
/// Work that a service does at its start and again and again after it. What is due stands in the database, so a round that our own infrastructure stops, or that
/// another instance or a person was quicker than, is only late: the next one finds it. Every other fault ends the process, which is started again.
/// </summary>
public static partial class Rounds
{
    /// <param name="every">Between two looks.</param>
    /// <param name="clock">Tells when.</param>
    /// <param name="log">Of whoever works: its category says what waits.</param>
    /// <param name="round">All that is due now.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task RunAsync(TimeSpan every, TimeProvider clock, ILogger log, Func<CancellationToken, Task> round, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(every, clock);
        do
        {
            try
            {
                await round(stop);
            }
            catch (Exception fault) when (fault.IsInfrastructureFault() || fault is DbUpdateConcurrencyException)
            {
                Waiting(log, fault.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>The same for work in portions.</summary>
    /// <param name="every">Between two looks.</param>
    /// <param name="clock">Tells when.</param>
    /// <param name="log">Of whoever works: its category says what waits.</param>
    /// <param name="portion">True when more can be due now.</param>
    /// <param name="stop">Ends it.</param>
    public static Task RunAsync(TimeSpan every, TimeProvider clock, ILogger log, Func<CancellationToken, Task<bool>> portion, CancellationToken stop) =>
        RunAsync(every, clock, log, async Task (CancellationToken stopping) =>
        {
            while (await portion(stopping))
            {
                // The next portion.
            }
        }, stop);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waits for the next round: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);
}
