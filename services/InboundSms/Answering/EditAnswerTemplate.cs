using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Answering;

/// <summary>The head or the operator of a unit changes one of its templates.</summary>
internal static class EditAnswerTemplate
{
    internal const string TitleTaken = "answer_template_title";

    /// <param name="Version">As last seen.</param>
    /// <param name="Title">What the unit calls it.</param>
    /// <param name="Text">At most 918 characters; <c>{nomor}</c> is the case's number, <c>{kata kunci}</c> its keyword.</param>
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(100, MinimumLength = 1), RegularExpression(@"^\P{C}*$")] string Title,
        [Required, StringLength(918, MinimumLength = 1)] string Text);

    public static void Map(IEndpointRouteBuilder templates) => templates.MapPut("/{id:guid}", Handle)
        .WithName(nameof(EditAnswerTemplate)).WithSummary("Changes an answer template").RequirePermission(Permissions.EditAnswerTemplates).RequireFreshSignIn()
        .ShowsCurrent(ListAnswerTemplates.ToItem)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    /// <summary>Units whose templates the user keeps: where he holds the head's position, or any as an operator.</summary>
    internal static IQueryable<Guid> UnitsKeptBy(this InboundSmsDb db, ClaimsPrincipal user, DateTimeOffset now)
    {
        var official = user.HasOfficial ? user.OfficialId : Guid.Empty;
        return user.IsInRole(Roles.UnitOperator) ? db.UnitsOf(official, now) : db.UnitsHeadedBy(official, now);
    }

    /// <summary>What is wrong with a template.</summary>
    internal static ProblemHttpResult? Refuse(string title, string text) =>
        !title.IsVisible ? Problems.Invalid(nameof(title), "empty")
        : !text.IsVisible || text.Contains('\0', StringComparison.Ordinal) ? Problems.Invalid(nameof(text), "empty")
        : TemplateText.HasUnknownPlaceholder(text) ? Problems.Invalid(nameof(text), "placeholder-unknown")
        : null;

    internal static async Task<Results<Ok<ListAnswerTemplates.Item>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (Refuse(request.Title, request.Text) is { } refusal)
            return refusal;
        var units = db.UnitsKeptBy(user, clock.GetUtcNow());
        if (await db.AnswerTemplates.SingleOrDefaultAsync(template => template.Id == id && units.Contains(template.UnitId), stop) is not { } template)
            return Problems.NotFound();
        if (template.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        (template.Title, template.Text) = (request.Title.Trim(), request.Text);
        template.Version++;
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(TitleTaken))
        {
            return Problems.Conflict("name-taken");
        }

        return TypedResults.Ok(ListAnswerTemplates.ToItem.Compile()(template));
    }
}
