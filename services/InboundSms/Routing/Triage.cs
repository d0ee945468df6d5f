using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using ServiceDefaults.SignIn;

namespace InboundSms.Routing;

internal static class Triage
{
    /// <summary>The case of a message, for whoever may judge it: the unit whose case it is, and the secretariat, whose is the tray.</summary>
    public static IQueryable<SmsCase> TriageableBy(this InboundSmsDb db, ClaimsPrincipal user, Guid messageId, DateTimeOffset now)
    {
        var cases = Permissions.ReadAllMessages.IsGivenTo(user) ? db.Cases : user.HasOfficial ? db.AnswerableBy(user.OfficialId, now) : db.Cases.Where(_ => false);
        return cases.OfMessage(db, messageId);
    }
}
