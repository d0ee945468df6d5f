using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Answering;

/// <summary>The head or the operator of a unit gives it a text that it answers with again and again.</summary>
internal static class CreateAnswerTemplate
{
    /// <param name="UnitId">Whose it becomes; every official of the unit uses it.</param>
    /// <param name="Title">What the unit calls it.</param>
    /// <param name="Text">At most 918 characters; <c>{nomor}</c> is the case's number, <c>{kata kunci}</c> its keyword.</param>
    public sealed record Request(
        [Required] Guid? UnitId,
        [Required, StringLength(100, MinimumLength = 1), RegularExpression(@"^\P{C}*$")] string Title,
        [Required, StringLength(918, MinimumLength = 1)] string Text);

    public static void Map(IEndpointRouteBuilder templates) => templates.MapPost("/", Handle)
        .WithName(nameof(CreateAnswerTemplate)).WithSummary("Makes an answer template of a unit").RequirePermission(Permissions.EditAnswerTemplates).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Created<ListAnswerTemplates.Item>, ProblemHttpResult>> Handle(
        Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (EditAnswerTemplate.Refuse(request.Title, request.Text) is { } refusal)
            return refusal;
        var now = clock.GetUtcNow();
        if (!await db.UnitsKeptBy(user, now).ContainsAsync(request.UnitId!.Value, stop))
            return Problems.Invalid("unitId", "unit-unknown");
        var template = new AnswerTemplate
        {
            Id = Guid.CreateVersion7(now),
            UnitId = request.UnitId.Value,
            Title = request.Title.Trim(),
            Text = request.Text,
            CreatedAt = now.InMicroseconds,
            Version = 1,
        };
        db.Add(template);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(EditAnswerTemplate.TitleTaken))
        {
            return Problems.Conflict("name-taken");
        }

        return TypedResults.Created($"/api/inbound-sms/answer-templates/{template.Id}", ListAnswerTemplates.ToItem.Compile()(template));
    }
}
