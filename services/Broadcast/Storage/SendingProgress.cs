using Contracts.Notification;

namespace Broadcast.Storage;

/// <summary>How far the sending of a broadcast is: what is ordered, and how Notification said last that it stands.</summary>
internal sealed class SendingProgress
{
    public Guid BroadcastId { get; init; }
    /// <summary>Whose budget it is; null: the city's own.</summary>
    public string? Payer { get; init; }
    public long Ordered { get; set; }
    /// <summary>Of the last <see cref="SmsGroupProgressed"/>.</summary>
    public long GroupVersion { get; private set; }
    public long Waiting { get; private set; }
    public long HandedOver { get; private set; }
    public long Uncertain { get; private set; }
    public long Delivered { get; private set; }
    public long Failed { get; private set; }
    public long Withdrawn { get; private set; }
    public DateTimeOffset? ToldAt { get; private set; }
    public double PerSecond { get; private set; }
    public long WindowProcessed { get; private set; }
    public long WindowSettled { get; private set; }
    public long WindowFailed { get; private set; }
    public DateTimeOffset? SilenceFrom { get; private set; }
    public long SilenceProcessed { get; private set; }
    public long SilencePending { get; private set; }

    /// <summary>Those that Notification has nothing more to do with but to listen.</summary>
    public long Processed => HandedOver + Uncertain + Delivered + Failed + Withdrawn;

    /// <summary>Ordered, and still to be handed over.</summary>
    public long Ahead => Math.Max(Ordered - Processed, 0);

    /// <summary>Handed over, and without an end.</summary>
    public long Pending => HandedOver + Uncertain;

    private long Settled => Delivered + Failed;

    // Handed over since the word before: no end of them can have been heard.
    private long _fresh;

    /// <summary>False: it is known already.</summary>
    public bool Learn(SmsGroupProgressed told)
    {
        if (told.Version <= GroupVersion)
            return false;
        var before = Processed;
        (GroupVersion, Waiting, HandedOver, Uncertain, Delivered, Failed, Withdrawn) =
            (told.Version, told.Waiting, told.HandedOver, told.Uncertain, told.Delivered, told.Failed, told.Withdrawn);
        if (ToldAt is { } last && told.At > last)
        {
            var rate = Math.Max(Processed - before, 0) / (told.At - last).TotalSeconds;
            PerSecond = PerSecond == 0 ? rate : (PerSecond + rate) / 2;
        }

        ToldAt = told.At.ToUniversalTime();
        _fresh = Math.Max(Processed - before, 0);
        return true;
    }

    /// <summary>
    /// So many of the last ones have failed that something is wrong with all of them. Judged over a window at least: as soon as it would be too much if the rest of the window
    /// went well. Reports come in heaps, so failures are held against whatever is more, what was handed over or what was reported on.
    /// </summary>
    public bool FailsTooMuch(double share, int window)
    {
        var (processed, failed) = (Math.Max(Processed - WindowProcessed, Settled - WindowSettled), Failed - WindowFailed);
        var fails = failed > 0 && failed >= share * Math.Max(processed, window);
        if (processed >= window)
            BeginWindow();
        return fails;
    }

    /// <summary>
    /// A provider takes them and says of so many nothing more that it may be losing all. Judged over a time: by how many more are pending than at its beginning, held against what
    /// was handed over meanwhile. So the pipeline's own length does not count, nor phones that have been off for long, nor what goes first after a standstill, as in the morning.
    /// </summary>
    public bool IsSilent(double share, int window, TimeSpan time)
    {
        if (ToldAt - SilenceFrom < time)
            return false;
        var isSilent = share > 0 && SilenceFrom is not null
            && Pending - SilencePending - _fresh >= share * Math.Max(Processed - SilenceProcessed - _fresh, window);
        (SilenceFrom, SilenceProcessed, SilencePending) = (ToldAt, Processed, Pending);
        return isSilent;
    }

    /// <summary>A person lets it go on: what has failed or was silent until now has been judged.</summary>
    public void BeginAnew()
    {
        BeginWindow();
        SilenceFrom = null;
    }

    private void BeginWindow() => (WindowProcessed, WindowSettled, WindowFailed) = (Processed, Settled, Failed);
}
