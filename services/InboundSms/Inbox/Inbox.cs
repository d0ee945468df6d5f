using System.Security.Claims;
using InboundSms.Storage;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>
/// Whose case it is. It belongs to the position; who holds it, or another position of the same unit, has access through it. The secretariat sees all (BJN 7).
/// Always part of the query, never an <c>if</c> after it.
/// </summary>
internal static class Inbox
{
    /// <summary>Cases that the user may read.</summary>
    public static IQueryable<SmsCase> ReadableBy(this InboundSmsDb db, ClaimsPrincipal user, DateTimeOffset now)
    {
        if (Permissions.ReadAllMessages.IsGivenTo(user))
            return db.Cases;
        return user.HasOfficial ? db.AnswerableBy(user.OfficialId, now) : db.Cases.Where(_ => false);
    }

    /// <summary>Cases that the official may answer.</summary>
    public static IQueryable<SmsCase> AnswerableBy(this InboundSmsDb db, Guid officialId, DateTimeOffset now)
    {
        var units = from held in db.Assignments
                    where held.OfficialId == officialId && held.ValidFrom <= now && (held.ValidTo == null || now < held.ValidTo)
                    join position in db.Positions on held.PositionId equals position.Id
                    select position.UnitId;
        return from c in db.Cases
               join position in db.Positions on c.PositionId equals position.Id
               where units.Contains(position.UnitId)
               select c;
    }
}
