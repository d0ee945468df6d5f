using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ServiceDefaults;

/// <summary>The OpenAPI document of a service, <c>/openapi/v1.json</c>: what the framework cannot see is added here, once for all endpoints.</summary>
internal static class ApiDocuments
{
    public static void AddApiDocument(this IServiceCollection services, string service) => services.AddOpenApi(options =>
    {
        options.CreateSchemaReferenceId = SchemaName;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = service, Version = "v1" };
            document.Servers = [];
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [BearerHandler.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var endpoint = context.Description.ActionDescriptor.EndpointMetadata;
            if (!endpoint.OfType<IAllowAnonymous>().Any())
                operation.Security = [new() { [new OpenApiSecuritySchemeReference(BearerHandler.SchemeName, context.Document)] = [] }];
            if (endpoint.OfType<Permission>().LastOrDefault() is { } permission)
                (operation.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal))["x-permission"] = new JsonNodeExtension(permission.Name);
            if (endpoint.OfType<Idempotency.Accepted>().Any() && context.Description.HttpMethod != HttpMethods.Get)
                DescribeIdempotencyKey(operation);
            if (endpoint.OfType<CurrentState.Shown>().LastOrDefault() is { } shown)
                DescribeCurrent(operation, shown, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type.IsAssignableTo(typeof(ProblemDetails)))
                schema.Properties?["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Finds the request in traces and logs." };
            return Task.CompletedTask;
        });
    });

    private static void DescribeIdempotencyKey(OpenApiOperation operation)
    {
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = Idempotency.Header,
            In = ParameterLocation.Header,
            Description = "A repeat under the same key gets the first answer, for 30 days. 1 to 128 letters, digits or - _ : .",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 128 },
        });
        (operation.Responses ??= [])["422"] = new OpenApiResponse { Description = "The key was used for another request" };
    }

    private static void DescribeCurrent(OpenApiOperation operation, CurrentState.Shown shown, OpenApiOperationTransformerContext context)
    {
        if (operation.Responses?["409"].Content?["application/problem+json"] is not { Schema: { } problem } content)
            return;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var item = new OpenApiSchemaReference(SchemaName(json.GetTypeInfo(shown.Item))!, context.Document);
        content.Schema = new OpenApiSchema
        {
            AllOf =
            [
                problem,
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                    {
                        ["current"] = new OpenApiSchema
                        {
                            Description = "With the type changed-meanwhile: as it is now, with the version to go on from.",
                            Type = shown.IsList ? JsonSchemaType.Array : null,
                            Items = shown.IsList ? item : null,
                            AllOf = shown.IsList ? null : [item],
                        },
                    },
                },
            ],
        };
    }

    /// <summary>Every slice nests a Request: by its own name alone, all slices would be described by the schema of the first.</summary>
    private static string? SchemaName(JsonTypeInfo schema) => schema.Type.GetGenericArguments().Append(schema.Type)
        .Where(type => type.DeclaringType is not null)
        .Aggregate(OpenApiOptions.CreateDefaultSchemaReferenceId(schema),
            (name, type) => name?.Replace(type.Name, type.DeclaringType!.Name + type.Name, StringComparison.Ordinal));
}
