import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useState } from "preact/hooks";
import { Link, Route, Switch, useLocation } from "wouter-preact";
import { followChanges } from "./api/changes";
import { HubError, kAgainMs, mayComeBack, storedToken, storeToken } from "./api/client";
import { useWorkspace } from "./api/hooks";
import { opens } from "./api/scopes";
import { ClustersPage } from "./clusters/page";
import { Empty, Failure, Loading, useUnanswered } from "./parts/states";
import { Boundary } from "./shell/boundary";
import { kMayNotRead, SignIn } from "./shell/sign_in";
import { useTitle } from "./shell/title";
import { Top } from "./shell/top";

const ClusterPage = lazy(() => import("./cluster/page").then((page) => page.ClusterPage));
const ComputationPage = lazy(() => import("./computation/page").then((page) => page.ComputationPage));
const ExceptionsPage = lazy(() => import("./exceptions/page").then((page) => page.ExceptionsPage));
const FingerprintPage = lazy(() => import("./exceptions/fingerprint").then((page) => page.FingerprintPage));
const ComparePage = lazy(() => import("./compare/page").then((page) => page.ComparePage));

const kNumber = /^[1-9]\d{0,15}$/;

function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 2 && mayComeBack(error),
        refetchInterval: ({ state }) => state.status === "error" && mayComeBack(state.error) && kAgainMs,
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        networkMode: "always",
      },
    },
  });
}

export function App() {
  const [queries, setQueries] = useState(newQueries);
  const [why, setWhy] = useState<string | null>(null);
  const [signedIn, setSignedIn] = useState(storedToken() !== null);
  const signOut = (reason: string | null) => {
    storeToken(null);
    setQueries(newQueries());
    setWhy(reason);
    setSignedIn(false);
  };
  if (!signedIn) return <SignIn why={why} done={() => setSignedIn(true)} />;
  return (
    <QueryClientProvider client={queries}>
      <SignedIn queries={queries} signOut={signOut} />
    </QueryClientProvider>
  );
}

function SignedIn(props: { queries: QueryClient; signOut: (why: string | null) => void }) {
  const { queries, signOut } = props;
  const [place] = useLocation();
  const workspace = useWorkspace();
  const failure = useUnanswered(workspace);
  const known = workspace.data !== undefined;
  const refused = workspace.error instanceof HubError && workspace.error.status === 401;
  const mayRead = workspace.data !== undefined && opens(workspace.data, "read");

  useEffect(() => {
    if (refused) signOut("This token is no longer valid. Sign in with another one.");
    else if (known && !mayRead) signOut(kMayNotRead);
  }, [refused, known, mayRead, signOut]);
  useEffect(() => {
    if (!mayRead) return;
    const stop = new AbortController();
    void followChanges(queries, stop.signal);
    return () => stop.abort();
  }, [queries, mayRead]);

  if (workspace.data === undefined || !mayRead) {
    return (
      <main>
        {failure && !refused ? (
          <Failure error={failure} retry={() => workspace.refetch()} />
        ) : (
          <Loading what="the workspace" />
        )}
      </main>
    );
  }
  return (
    <>
      <Top workspace={workspace.data} signOut={() => signOut(null)} />
      <main id="content" tabIndex={-1}>
        <Boundary place={place}>
          <Suspense fallback={<Loading what="the page" />}>
            <Pages />
          </Suspense>
        </Boundary>
      </main>
    </>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/" component={ClustersPage} />
      <Route path="/clusters/:id">
        {({ id }) => withNumber(id, (number) => <ClusterPage id={number} />)}
      </Route>
      <Route path="/computations/:id">
        {({ id }) => withNumber(id, (number) => <ComputationPage id={number} />)}
      </Route>
      <Route path="/exceptions" component={ExceptionsPage} />
      <Route path="/exceptions/:fingerprint">
        {({ fingerprint }) => <FingerprintPage fingerprint={fingerprint} />}
      </Route>
      <Route path="/compare" component={ComparePage} />
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function withNumber(text: string, page: (number: number) => preact.JSX.Element) {
  return kNumber.test(text) ? page(Number(text)) : <NotFound />;
}

function NotFound() {
  useTitle("No such page");
  return (
    <Empty>
      <h1>There is no such page</h1>
      <p>
        <Link href="/">All clusters</Link>
      </p>
    </Empty>
  );
}
