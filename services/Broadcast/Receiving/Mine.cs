using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.SignIn;

namespace Broadcast.Receiving;

/// <summary>Section <c>Receiving</c>.</summary>
public sealed record ReceivingOptions
{
    /// <summary>Before a broadcast's number it begins an answer by SMS; the same word as <c>Routing:BroadcastCode</c> of InboundSms.</summary>
    [Required, RegularExpression("^[A-Z]{2,10}$")]
    public string AnswerCode { get; init; } = "KOR";

    /// <summary>With this an answer by SMS begins. A broadcast that has no number yet is taken for one of four digits.</summary>
    internal string CodeOf(long? number) => string.Create(CultureInfo.InvariantCulture, $"{AnswerCode}{number ?? 9_999}");

    /// <summary>When, by the city's clock, it is told that answers have come which fit nobody, and that recipients report that no SMS came.</summary>
    public TimeOnly TellUnknownAt { get; init; } = new(8, 0);

    /// <summary>How often it is looked whether that is due.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>A broadcast that was sent, and the row of one of its recipients.</summary>
internal sealed class Mine
{
    public required BroadcastMessage Broadcast { get; init; }
    public required Recipient Recipient { get; init; }
}

/// <summary>What was sent to whom.</summary>
internal static class ReceivedBroadcasts
{
    /// <summary>Left out with an SMS that cannot reach him, and a recipient all the same: by the web (KOR 8).</summary>
    private static readonly string[] ReachedByWebAlone = ["no-number", "same-number", "not-mobile"];

    private static readonly RecipientState[] Sent = [RecipientState.Ordered, RecipientState.Delivered, RecipientState.Failed];

    /// <summary>Broadcasts whose sending has begun, with their recipients of the revision that was sent; not who had left, nor whose SMS was not ordered or was taken back.</summary>
    public static IQueryable<Mine> Received(this BroadcastDb db) =>
        from recipient in db.Recipients
        join broadcast in db.Broadcasts on new { Id = recipient.BroadcastId, recipient.Revision } equals new { broadcast.Id, broadcast.Revision }
        where broadcast.StartedAt != null && (Sent.Contains(recipient.State) || (recipient.State == RecipientState.Skipped && ReachedByWebAlone.Contains(recipient.SkipReason)))
        select new Mine { Broadcast = broadcast, Recipient = recipient };

    /// <summary>The caller's own.</summary>
    public static IQueryable<Mine> ReceivedBy(this BroadcastDb db, ClaimsPrincipal user)
    {
        var official = user.HasOfficial ? user.OfficialId : Guid.Empty;
        return db.Received().Where(mine => mine.Recipient.OfficialId == official).AsNoTracking();
    }
}
