using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Answering;

/// <summary>A template that a unit needs no more; answers given with it stay as they are.</summary>
internal static class DeleteAnswerTemplate
{
    public static void Map(IEndpointRouteBuilder templates) => templates.MapDelete("/{id:guid}", Handle)
        .WithName(nameof(DeleteAnswerTemplate)).WithSummary("Deletes an answer template").RequirePermission(Permissions.EditAnswerTemplates).RequireFreshSignIn()
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var units = db.UnitsKeptBy(user, clock.GetUtcNow());
        var deleted = await db.AnswerTemplates.Where(template => template.Id == id && units.Contains(template.UnitId)).ExecuteDeleteAsync(stop);
        return deleted == 0 ? Problems.NotFound() : TypedResults.NoContent();
    }
}
