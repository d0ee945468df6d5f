using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using ServiceDefaults.Persistence;
using ServiceDefaults.Webhooks;

namespace ServiceDefaults;

/// <summary>
/// Errors are RFC 9457 problem details: a stable <c>type</c> (<c>urn:platform:problem:&lt;code&gt;</c>), a title in the caller's language, a <c>traceId</c>,
/// and, for bad input, <c>errors</c> by field.
/// </summary>
public static class Problems
{
    private const string TypePrefix = "urn:platform:problem:";

    /// <summary>Code of the conflict at a version.</summary>
    internal const string ChangedMeanwhile = "changed-meanwhile";

    /// <summary>A problem as the result of an endpoint. <paramref name="code"/> is stable and has its text in <c>Texts.resx</c>.</summary>
    public static ProblemHttpResult Of(int status, string code, string? detail = null) =>
        TypedResults.Problem(new ProblemDetails { Status = status, Type = TypePrefix + code, Title = Texts.Of($"problem.{code}"), Detail = detail });

    /// <summary>409: the state of the thing has moved on; <paramref name="code"/> says how.</summary>
    public static ProblemHttpResult Conflict(string code, string? detail = null) => Of(StatusCodes.Status409Conflict, code, detail);

    internal static bool Is(ProblemHttpResult problem, string code) => problem.ProblemDetails.Type == TypePrefix + code;

    /// <summary>404, the same whether the thing does not exist or is not the caller's to see.</summary>
    public static ProblemHttpResult NotFound() => Of(StatusCodes.Status404NotFound, "not-found");

    /// <summary>400 that names the field, and the stable <paramref name="code"/> of what is wrong with it.</summary>
    public static ProblemHttpResult Invalid(string field, string code) => Invalid([field], code, Texts.Of($"problem.{code}"));

    private static ProblemHttpResult Invalid(IEnumerable<string> fields, string code, string text) => TypedResults.Problem(new HttpValidationProblemDetails(
        fields.ToDictionary(WireName, _ => new[] { text }, StringComparer.Ordinal))
    {
        Status = StatusCodes.Status400BadRequest,
        Type = TypePrefix + "invalid",
        Title = Texts.Of("problem.invalid"),
        Extensions = { ["code"] = code },
    });

    /// <summary>What a refusal says: its stable code, and the field if it names one.</summary>
    public static (string Code, string? Field) Read(ProblemHttpResult refusal) =>
        refusal.ProblemDetails is HttpValidationProblemDetails validation && validation.Extensions.TryGetValue("code", out var code)
            ? ((string)code!, validation.Errors.Keys.First())
            : (refusal.ProblemDetails.Type![TypePrefix.Length..], null);

    internal static async Task WriteAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        await Of(status, code).ExecuteAsync(context);
    }

    internal static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
            if (problem.Type is null || !problem.Type.StartsWith(TypePrefix, StringComparison.Ordinal))
            {
                var code = problem is HttpValidationProblemDetails ? "invalid" : CodeOf(problem.Status ?? context.HttpContext.Response.StatusCode);
                problem.Type = TypePrefix + code;
                problem.Title = Texts.Of($"problem.{code}");
                // The validation generator names fields as C# does, callers know them as JSON does.
                if (problem is HttpValidationProblemDetails validation)
                {
                    validation.Errors = validation.Errors.ToDictionary(
                        error => WireName(error.Key), error => Array.ConvertAll(error.Value, ValidationTexts.Of), StringComparer.Ordinal);
                }
            }
        });
        services.AddExceptionHandler<FaultsToProblems>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    /// <summary>As JSON and queries spell it; headers keep their name.</summary>
    private static string WireName(string path) => path.Contains('-', StringComparison.Ordinal) ? path : string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "invalid",
        StatusCodes.Status401Unauthorized => "not-signed-in",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
        StatusCodes.Status413PayloadTooLarge => "too-large",
        StatusCodes.Status415UnsupportedMediaType => "media-type",
        StatusCodes.Status429TooManyRequests => "too-many-requests",
        StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable => "unavailable",
        StatusCodes.Status504GatewayTimeout => "time-out",
        _ => "fault",
    };

    private sealed class FaultsToProblems : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            var problem = exception switch
            {
                BadHttpRequestException { InnerException: JsonException json } => Unreadable(json),
                BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } => Invalid(ParameterOf(exception.Message), "value"),
                BadHttpRequestException bad => Of(bad.StatusCode, CodeOf(bad.StatusCode)),
                DbUpdateConcurrencyException => Conflict(ChangedMeanwhile),
                _ when exception.IsInfrastructureFault() => Of(StatusCodes.Status503ServiceUnavailable, "unavailable"),
                _ => Of(StatusCodes.Status500InternalServerError, "fault"),
            };
            httpContext.Response.StatusCode = problem.StatusCode;
            if (problem.StatusCode == StatusCodes.Status503ServiceUnavailable)
                httpContext.Response.Headers.RetryAfter = 5.ToString(CultureInfo.InvariantCulture);
            if (!httpContext.Request.Path.StartsWithSegments(WebhookDoor.Path, StringComparison.OrdinalIgnoreCase))
                await problem.ExecuteAsync(httpContext);
            return true;
        }

        /// <summary>The framework says which parameter it could not read only in the text of its message, in quotation marks, behind its type.</summary>
        private static string ParameterOf(string message) =>
            message.Split('"') is [_, { Length: > 0 } parameter, ..] && parameter.Split(' ')[^1] is not "request" and var name ? name : "body";

        /// <summary>Which members are missing stands only in the text of its message as well, each in quotation marks, and behind them the path of what they are missing in.</summary>
        private static ProblemHttpResult Unreadable(JsonException json)
        {
            var within = json.Path is null ? "" : json.Path.TrimStart('$', '.');
            return json.Message.Split("missing required properties including: ") is [_, var named]
                ? Invalid(named.Split(" Path: ")[0].Split('\'').Where((_, n) => n % 2 == 1).Select(name => within.Length == 0 ? name : $"{within}.{name}"),
                    "required", Texts.Of("validation.required"))
                : Invalid(within.Length == 0 ? "body" : within, "json");
        }
    }
}
