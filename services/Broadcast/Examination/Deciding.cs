using System.Security.Claims;
using Broadcast.Storage;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

internal static class Deciding
{
    /// <summary>What somebody says over the content as it was submitted.</summary>
    public static Decision Decides(this ClaimsPrincipal user, BroadcastMessage broadcast, Revision revision, DecisionOutcome outcome, Examiner.Right right, DateTimeOffset at,
        string? reason, Checklist? checklist = null) => new()
        {
            Id = Guid.CreateVersion7(at),
            BroadcastId = broadcast.Id,
            Revision = revision.No,
            Outcome = outcome,
            SignedHash = revision.ContentHash!,
            OfficialId = user.HasOfficial ? user.OfficialId : null,
            Actor = user.Actor,
            ActedAs = right.Role,
            MandateId = right.MandateId,
            Checklist = checklist?.ToJson(),
            Reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim().Replace('\0', '\uFFFD'),
            At = at,
        };
}
