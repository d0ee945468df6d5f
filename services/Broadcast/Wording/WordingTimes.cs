using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Broadcast.Wording;

/// <summary>When it goes, until when, and when that makes no sense.</summary>
internal static class WordingTimes
{
    /// <summary>A request takes a moment: what is due now is no mistake.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public static ProblemHttpResult? Refuse(WordBroadcast.Request request, DateTimeOffset now, out DateTimeOffset? sendAt, out DateTimeOffset? validUntil)
    {
        validUntil = null;
        if ((Moment.Refuse("sendAt", request.SendAt, out sendAt) ?? Moment.Refuse("validUntil", request.ValidUntil, out validUntil)) is { } wrong)
            return wrong;
        var goes = sendAt ?? now;
        return WhyNot(sendAt, validUntil, now) is { } why ? Problems.Invalid(why == "send-at-past" ? "sendAt" : "validUntil", why)
            : request.Invitation is { } invitation && invitation.StartsAt <= goes ? Problems.Invalid("invitation.startsAt", "invitation-over")
            : request.Invitation is { EndsAt: { } end } && end <= request.Invitation.StartsAt ? Problems.Invalid("invitation.endsAt", "invitation-end")
            : null;
    }

    /// <summary>Why it cannot go any more, or never could; null when it can.</summary>
    public static string? WhyNot(DateTimeOffset? sendAt, DateTimeOffset? validUntil, DateTimeOffset now) =>
        sendAt < now - Grace ? "send-at-past"
        : validUntil <= (sendAt > now ? sendAt : now) ? "valid-until"
        : null;
}
