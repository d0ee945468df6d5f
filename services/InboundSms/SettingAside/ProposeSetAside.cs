using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.SettingAside;

/// <summary>
/// An official proposes that a message is not answered, on a ground of BJN 10(2). Nothing changes for the case until somebody else of the secretariat has confirmed it:
/// who is criticised must not be able to silence the critic alone.
/// </summary>
internal static partial class ProposeSetAside
{
    private const string OneWaits = "set_aside_one_waits";

    /// <param name="Ground">Indecent, Discriminates, NotUnderstandable, Spam, Threat or NotConcerned.</param>
    /// <param name="Reason">Why this ground; 1 to 500 characters.</param>
    public sealed record Request([Required] SetAsideGround? Ground, [Required, StringLength(500, MinimumLength = 1)] string Reason);

    /// <param name="Id">Of the proposal.</param>
    public sealed record Response(Guid Id);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/set-aside", Handle)
        .WithName(nameof(ProposeSetAside)).WithSummary("Proposes that a message is not answered")
        .RequirePermission(Permissions.TriageMessages).RequireFreshSignIn().ShowsCase().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Accepted<Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<SetAside> log, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var now = clock.GetUtcNow();
        if (await db.TriageableBy(user, id, now).AsNoTracking().SingleOrDefaultAsync(stop) is not { } smsCase)
            return Problems.NotFound();
        if (smsCase.WhyNotToSetAside is { } why)
            return Problems.Conflict(why);

        var proposal = new SetAside
        {
            Id = Guid.CreateVersion7(now),
            CaseId = smsCase.Id,
            Ground = request.Ground!.Value,
            Reason = request.Reason.Trim().Replace('\0', '\uFFFD'),
            ProposedBy = user.Actor,
            ProposedByOfficial = user.HasOfficial ? user.OfficialId : null,
            ProposedAt = now,
        };
        db.Add(proposal);
        db.Record(smsCase.Id, CaseEventKind.SetAsideProposed, now, user, new { proposalId = proposal.Id, ground = proposal.Ground, reason = proposal.Reason });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(OneWaits))
        {
            return Problems.Conflict("set-aside-waits");
        }

        Proposed(log, smsCase.Number, proposal.Ground);
        return TypedResults.Accepted($"/api/inbound-sms/messages/{id}", new Response(proposal.Id));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "It is proposed to set case {CaseNumber} aside: {Ground}")]
    private static partial void Proposed(ILogger log, long caseNumber, SetAsideGround ground);
}
