using Contracts.Notification;

namespace Notification.Sending;

/// <summary>
/// Which purpose goes before which: lower first, gaps leave room. Whoever waits for an SMS now is urgent; the rest is patient, and has slots of its own, so that
/// what a hundred thousand patient ones do to a provider is not felt by the next answer.
/// </summary>
internal static class Lanes
{
    private const short FirstPatient = 40;

    public static (short From, short To) Urgent => (0, FirstPatient - 1);

    public static (short From, short To) Patient => (FirstPatient, short.MaxValue);

    public static short Of(SmsPurpose purpose) => purpose switch
    {
        // Somebody waits for it at the door.
        SmsPurpose.OneTimeCode => 10,
        SmsPurpose.Emergency => 15,
        SmsPurpose.Answer => 20,
        SmsPurpose.AutoAnswer => 30,
        SmsPurpose.Notice => FirstPatient,
        SmsPurpose.Broadcast => 60,
        _ => 90,
    };
}
